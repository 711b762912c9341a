namespace Streamline.Query.Syntax;

/// <summary>A query that does not parse. The message is Prometheus's, with its position: <c>1:5: parse error: ...</c>.</summary>
public sealed class PromqlSyntaxException(string reason, int startOffset, int endOffset, int line, int column)
    : Exception($"{line}:{column}: parse error: {reason}")
{
    /// <summary>The message without position.</summary>
    public string Reason { get; } = reason;

    /// <summary>UTF-16 offset of the first character that is wrong.</summary>
    public int StartOffset { get; } = startOffset;

    /// <summary>Offset behind the last character that is wrong.</summary>
    public int EndOffset { get; } = endOffset;

    /// <summary>Line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column, from 1, in UTF-8 bytes as Prometheus counts.</summary>
    public int Column { get; } = column;
}
