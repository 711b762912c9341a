using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>
/// An expression made of fixed texts with <c>.*</c> and <c>.+</c> between them, matched as bytes: the fixed start and end, then each middle text at its
/// leftmost place. Sound on UTF-8, since a text of whole characters is found at character borders only.
/// </summary>
internal sealed class Glob
{
    private readonly byte[] _start;
    private readonly byte[] _end;
    private readonly (int Gap, byte[] Text)[] _middle;
    private readonly int _lastGap;

    private Glob(byte[] start, (int, byte[])[] middle, int lastGap, byte[] end)
    {
        _start = start;
        _middle = middle;
        _lastGap = lastGap;
        _end = end;
    }

    /// <summary>What every accepted value starts with.</summary>
    public ReadOnlyMemory<byte> Prefix => _start;

    /// <summary>The glob, or null when the expression is none; one without any gap is a literal and none either.</summary>
    public static Glob? Of(RegexNode node)
    {
        var parts = new List<(int Gap, byte[] Text)>();
        var text = new StringBuilder();
        int gap = -1;
        foreach (var item in node is RegexNode.Sequence sequence ? sequence.Items : [node])
        {
            if (item is RegexNode.Literal literal && Rune.IsValid(literal.Rune))
            {
                text.Append(new Rune(literal.Rune).ToString());
                continue;
            }
            if (item is not RegexNode.Repeat { Min: <= 1, Max: < 0, Item: RegexNode.Class { Set.IsAny: true } } repeat) return null;
            if (text.Length == 0 && parts.Count > 0)
            {
                // Gaps in a row need as many characters as their sum, which bytes do not count.
                if (gap + repeat.Min > 1) return null;
                gap += repeat.Min;
                continue;
            }
            parts.Add((gap, System.Text.Encoding.UTF8.GetBytes(text.ToString())));
            text.Clear();
            gap = repeat.Min;
        }
        if (gap < 0) return null;
        return new Glob(parts[0].Text, [.. parts.Skip(1)], gap, System.Text.Encoding.UTF8.GetBytes(text.ToString()));
    }

    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith(_start)) return false;
        value = value[_start.Length..];
        if (!value.EndsWith(_end)) return false;
        value = value[..^_end.Length];
        foreach (var (gap, text) in _middle)
        {
            if (value.Length < gap) return false;
            int at = value[gap..].IndexOf(text);
            if (at < 0) return false;
            value = value[(gap + at + text.Length)..];
        }
        return value.Length >= _lastGap;
    }
}
