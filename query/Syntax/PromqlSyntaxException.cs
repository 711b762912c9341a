namespace Streamline.Query.Syntax;

/// <summary>A query that does not parse. The message is Prometheus's, with its position: <c>1:5: parse error: ...</c>.</summary>
public sealed class PromqlSyntaxException : Exception
{
    /// <summary>An error in a part of the text.</summary>
    public PromqlSyntaxException(string reason, int startOffset, int endOffset, int line, int column)
        : base($"{line}:{column}: parse error: {reason}") =>
        (Reason, StartOffset, EndOffset, Line, Column) = (reason, startOffset, endOffset, line, column);

    /// <summary>An error in a text that is empty and so has no positions.</summary>
    internal PromqlSyntaxException(string reason)
        : base($"unknown position: parse error: {reason}") => (Reason, Line, Column) = (reason, 1, 1);

    /// <summary>The message without position.</summary>
    public string Reason { get; }

    /// <summary>UTF-16 offset of the first character that is wrong.</summary>
    public int StartOffset { get; }

    /// <summary>Offset behind the last character that is wrong.</summary>
    public int EndOffset { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column, from 1, in UTF-8 bytes as Prometheus counts.</summary>
    public int Column { get; }
}
