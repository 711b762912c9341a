using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Streamline.Storage.Matching;

namespace Streamline.Storage.Tests.Matching;

/// <summary>
/// Writes a syntax tree as a pattern of .NET's engines. Everything in which the two differ is spelt out: anchors, classes as ranges, case
/// folding, and code points beyond U+FFFF, of which .NET sees two halves. The judge of our own automaton.
/// </summary>
internal static class DotNetRegex
{
    private const int FirstAstral = 0x10000, FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF, FirstLowHalf = 0xDC00, LowHalfBits = 0x3FF;

    /// <summary>The expression, anchored at both ends.</summary>
    public static Regex Build(RegexNode node, RegexOptions options, TimeSpan timeout)
    {
        var pattern = new StringBuilder(@"\A(?:");
        Write(pattern, node);
        return new Regex(pattern.Append(@")\z").ToString(), options | RegexOptions.CultureInvariant, timeout);
    }

    private static void Write(StringBuilder text, RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Literal literal: WriteClass(text, new RuneSet().Add(literal.Rune, literal.Rune)); break;
            case RegexNode.Class one: WriteClass(text, one.Set); break;
            case RegexNode.Anchor anchor: WriteAnchor(text, anchor.Kind); break;
            case RegexNode.Repeat repeat: WriteRepeat(text, repeat); break;
            case RegexNode.Sequence sequence:
                text.Append("(?:");
                foreach (var item in sequence.Items) Write(text, item);
                text.Append(')');
                break;
            case RegexNode.Choice choice: WriteChoice(text, choice); break;
        }
    }

    private static void WriteChoice(StringBuilder text, RegexNode.Choice choice)
    {
        text.Append("(?:");
        for (int i = 0; i < choice.Items.Count; i++)
        {
            if (i > 0) text.Append('|');
            Write(text, choice.Items[i]);
        }
        text.Append(')');
    }

    private static void WriteAnchor(StringBuilder text, AnchorKind kind) => text.Append(kind switch
    {
        AnchorKind.TextStart => @"\A",
        AnchorKind.TextEnd => @"\z",
        AnchorKind.LineStart => "(?m:^)",
        AnchorKind.LineEnd => "(?m:$)",
        // .NET's own boundary counts letters of all scripts as words; RE2's are ASCII's.
        AnchorKind.WordBoundary => "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))",
        AnchorKind.NotWordBoundary => "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))",
    });

    private static void WriteRepeat(StringBuilder text, RegexNode.Repeat repeat)
    {
        text.Append("(?:");
        Write(text, repeat.Item);
        text.Append(')');
        text.Append((repeat.Min, repeat.Max) switch
        {
            (0, -1) => "*",
            (1, -1) => "+",
            (0, 1) => "?",
            (var min, -1) => string.Create(CultureInfo.InvariantCulture, $"{{{min},}}"),
            var (min, max) => string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}"),
        });
    }

    private static void WriteClass(StringBuilder text, RuneSet set)
    {
        var plain = new RuneSet();
        var astral = new List<(int Low, int High)>();
        foreach (var (low, high) in set.Ranges)
        {
            if (low < FirstSurrogate) plain.Add(low, Math.Min(high, FirstSurrogate - 1));
            if (high > LastSurrogate && low < FirstAstral) plain.Add(Math.Max(low, LastSurrogate + 1), Math.Min(high, FirstAstral - 1));
            if (high >= FirstAstral) astral.Add((Math.Max(low, FirstAstral), high));
        }
        if (astral.Count == 0)
        {
            WriteUnits(text, plain);
            return;
        }
        text.Append("(?:");
        WriteUnits(text, plain);
        WriteAstral(text, astral);
        text.Append(')');
    }

    /// <summary>Pairs of halves, one class of low halves for each high half and one for all high halves that are whole: the engine builds few alternatives.</summary>
    private static void WriteAstral(StringBuilder text, List<(int Low, int High)> ranges)
    {
        var whole = new RuneSet();
        var rows = new SortedDictionary<char, RuneSet>();
        foreach (var (low, high) in ranges)
        {
            for (int next = low; next <= high;)
            {
                int end = Math.Min(next | LowHalfBits, high);
                var (first, last) = (char.ConvertFromUtf32(next), char.ConvertFromUtf32(end));
                if (end - next == LowHalfBits) whole.Add(first[0], first[0]);
                else if (rows.TryGetValue(first[0], out var row)) row.Add(first[1], last[1]);
                else rows[first[0]] = new RuneSet().Add(first[1], last[1]);
                next = end + 1;
            }
        }
        if (whole.Ranges.Count > 0) WritePair(text, whole, new RuneSet().Add(FirstLowHalf, LastSurrogate));
        foreach (var (half, row) in rows) WritePair(text, new RuneSet().Add(half, half), row);
    }

    private static void WritePair(StringBuilder text, RuneSet high, RuneSet low)
    {
        text.Append('|');
        WriteUnits(text, high);
        WriteUnits(text, low);
    }

    private static void WriteUnits(StringBuilder text, RuneSet set)
    {
        if (set.Ranges.Count == 0)
        {
            // The empty class matches nothing.
            text.Append(@"[^\u0000-\uFFFF]");
            return;
        }
        text.Append('[');
        foreach (var (low, high) in set.Ranges)
        {
            if (low > char.MaxValue) break;
            text.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}");
            if (high > low) text.Append(CultureInfo.InvariantCulture, $"-\\u{Math.Min(high, char.MaxValue):X4}");
        }
        text.Append(']');
    }
}
