using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Streamline.Query.Syntax;

/// <summary>Turns offsets into the line and column of an error.</summary>
internal static class SyntaxErrors
{
    [DoesNotReturn]
    public static void Throw(string text, int start, int end, string reason) => throw Create(text, start, end, reason);

    public static PromqlSyntaxException Create(string text, int start, int end, string reason)
    {
        if (text.Length == 0) return new PromqlSyntaxException(reason);
        ReadOnlySpan<char> before = text.AsSpan(0, start);
        int lineStart = before.LastIndexOf('\n') + 1;
        int line = before.Count('\n') + 1;
        return new PromqlSyntaxException(reason, start, Math.Max(end, start), line, Encoding.UTF8.GetByteCount(before[lineStart..]) + 1);
    }
}
