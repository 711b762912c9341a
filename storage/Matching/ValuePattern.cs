using Streamline.Storage.Index;

namespace Streamline.Storage.Matching;

/// <summary>
/// A user's regular expression over a label value: RE2 syntax, anchored at both ends, dot matches newline (Prometheus 3). Tried in this order: a set of
/// literals, globs (fixed texts with <c>.*</c> between), and a lazy automaton over UTF-8. Matching allocates nothing once the automaton knows its states.
/// </summary>
internal sealed class ValuePattern
{
    // Fewer literals are compared faster than hashed.
    private const int FewLiterals = 8;

    private readonly byte[][]? _few;
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _many;
    private readonly Glob[]? _globs;
    private readonly LazyDfa? _dfa;

    private ValuePattern(List<string> literals)
    {
        Literals = [.. literals.Distinct(StringComparer.Ordinal)];
        byte[][] bytes = [.. Literals.Select(System.Text.Encoding.UTF8.GetBytes)];
        if (bytes.Length <= FewLiterals) _few = bytes;
        else _many = new HashSet<byte[]>(bytes, ByteSequences.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    private ValuePattern(Glob[] globs)
    {
        _globs = globs;
        if (globs.Length == 1) Prefix = globs[0].Prefix;
    }

    private ValuePattern(LazyDfa dfa, ReadOnlyMemory<byte> prefix)
    {
        _dfa = dfa;
        Prefix = prefix;
    }

    /// <summary>The finite set of accepted values, or null.</summary>
    public IReadOnlyList<string>? Literals { get; }

    /// <summary>What every accepted value starts with; empty when nothing is known.</summary>
    public ReadOnlyMemory<byte> Prefix { get; }

    /// <exception cref="FormatException">Not an expression, or one that cannot be honoured; the message says why.</exception>
    public static ValuePattern Compile(string pattern)
    {
        var node = Unanchored(RegexParser.Parse(pattern));
        if (LiteralSets.Of(node) is { } literals) return new ValuePattern(literals);
        var choices = node is RegexNode.Choice choice ? choice.Items : [node];
        Glob?[] globs = [.. choices.Select(Glob.Of)];
        if (!Array.Exists(globs, g => g is null)) return new ValuePattern(globs!);
        return new ValuePattern(new LazyDfa(ByteProgramBuilder.Build(node)), PrefixOf(node));
    }

    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (_few is not null) return IsOneOf(_few, value);
        if (_globs is not null) return IsAnyOf(_globs, value);
        return _dfa is null ? _many.Contains(value) : _dfa.IsMatch(value);
    }

    private static bool IsOneOf(byte[][] literals, ReadOnlySpan<byte> value)
    {
        foreach (byte[] literal in literals)
        {
            if (value.SequenceEqual(literal)) return true;
        }
        return false;
    }

    private static bool IsAnyOf(Glob[] globs, ReadOnlySpan<byte> value)
    {
        foreach (var glob in globs)
        {
            if (glob.IsMatch(value)) return true;
        }
        return false;
    }

    /// <summary>Drops anchors that say what is so anyway, since users write <c>^a.*$</c>.</summary>
    private static RegexNode Unanchored(RegexNode node)
    {
        if (node is RegexNode.Choice choice) return new RegexNode.Choice([.. choice.Items.Select(Unanchored)]);
        if (node is RegexNode.Anchor { Kind: not (AnchorKind.WordBoundary or AnchorKind.NotWordBoundary) }) return RegexNode.Empty;
        if (node is not RegexNode.Sequence { Items: var items }) return node;
        int first = 0, end = items.Count;
        while (first < end && items[first] is RegexNode.Anchor { Kind: AnchorKind.TextStart or AnchorKind.LineStart }) first++;
        while (end > first && items[end - 1] is RegexNode.Anchor { Kind: AnchorKind.TextEnd or AnchorKind.LineEnd }) end--;
        if (first == 0 && end == items.Count) return node;
        return end - first == 1 ? items[first] : new RegexNode.Sequence([.. items.Skip(first).Take(end - first)]);
    }

    private static byte[] PrefixOf(RegexNode node)
    {
        var text = new System.Text.StringBuilder();
        foreach (var item in node is RegexNode.Sequence sequence ? sequence.Items : [])
        {
            if (item is not RegexNode.Literal literal || !System.Text.Rune.IsValid(literal.Rune)) break;
            text.Append(new System.Text.Rune(literal.Rune).ToString());
        }
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }
}
