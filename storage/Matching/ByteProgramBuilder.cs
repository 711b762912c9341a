using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>
/// Turns a syntax tree into a <see cref="ByteProgram"/>, from its end to its start, so that each piece knows what follows it. A class becomes one
/// instruction with a tree of byte ranges below it; equal branches of such trees are shared.
/// </summary>
internal sealed class ByteProgramBuilder
{
    /// <summary>Go refuses expressions beyond some millions of instructions; this is 6 MB.</summary>
    private const int MostInstructions = 500_000;

    private readonly List<ByteInstruction> _instructions = [];
    private readonly List<ByteEdge> _edges = [];
    private readonly List<int> _targets = [];
    private readonly Dictionary<RuneSet, List<Utf8Ranges.Piece>> _pieces = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(ulong Edges, int Next), int> _shared = [];
    private readonly IReadOnlyList<int> _saved;
    private bool _hasAnchors, _hasWords, _hasLines;

    private ByteProgramBuilder(IReadOnlyList<int> saved) => _saved = saved;

    /// <exception cref="FormatException">The expression is too large.</exception>
    public static ByteProgram Build(RegexNode node) => Build(node, []);

    /// <summary>
    /// The program notes begin and end of the groups in <paramref name="saved"/> at twice their place in it; others are passed over. The targets of each split stand in the order of
    /// RE2's preference.
    /// </summary>
    /// <exception cref="FormatException">The expression is too large.</exception>
    public static ByteProgram Build(RegexNode node, IReadOnlyList<int> saved)
    {
        var builder = new ByteProgramBuilder(saved);
        int end = builder.Add(new ByteInstruction(ByteOp.Match, 0, 0));
        int start = builder.Build(node, end);
        (byte[] classOf, byte[] sample) = builder.Classes();
        return new ByteProgram
        {
            Instructions = [.. builder._instructions],
            Edges = [.. builder._edges],
            Targets = [.. builder._targets],
            Start = start,
            HasAnchors = builder._hasAnchors,
            ClassOf = classOf,
            Classes = sample.Length,
            Sample = sample,
        };
    }

    private int Add(ByteInstruction instruction)
    {
        if (_instructions.Count == MostInstructions) throw new FormatException("error parsing regexp: expression too large");
        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    /// <summary>The node, with what follows it; gives its first instruction.</summary>
    private int Build(RegexNode node, int next)
    {
        switch (node)
        {
            case RegexNode.Literal literal: return BuildLiteral(literal.Rune, next);
            case RegexNode.Class one: return BuildClass(one.Set, next);
            case RegexNode.Anchor anchor: return BuildAnchor(anchor.Kind, next);
            case RegexNode.Repeat repeat: return BuildRepeat(repeat, next);
            case RegexNode.Capture capture: return BuildCapture(capture, next);
            case RegexNode.Choice choice: return BuildSplit([.. choice.Items.Select(item => Build(item, next))]);
            case RegexNode.Sequence sequence:
                for (int i = sequence.Items.Count - 1; i >= 0; i--) next = Build(sequence.Items[i], next);
                return next;
            default: throw new System.Diagnostics.UnreachableException(node.GetType().Name);
        }
    }

    private int BuildLiteral(int rune, int next)
    {
        if (!Rune.IsValid(rune)) return BuildSplit([]);
        Span<byte> bytes = stackalloc byte[4];
        for (int i = new Rune(rune).EncodeToUtf8(bytes) - 1; i >= 0; i--) next = BuildEdges([new ByteEdge(bytes[i], bytes[i], next)]);
        return next;
    }

    private int BuildAnchor(AnchorKind kind, int next)
    {
        _hasAnchors = true;
        if (kind is AnchorKind.WordBoundary or AnchorKind.NotWordBoundary) _hasWords = true;
        if (kind is AnchorKind.LineStart or AnchorKind.LineEnd) _hasLines = true;
        return Add(new ByteInstruction(ByteOp.Assert, next, (int)kind));
    }

    private int BuildRepeat(RegexNode.Repeat repeat, int next)
    {
        if (repeat.Max < 0)
        {
            // The loop goes back to a place that is filled in when its body is known.
            int loop = Add(new ByteInstruction(ByteOp.Split, 0, 0));
            int body = Build(repeat.Item, loop);
            _instructions[loop] = new ByteInstruction(ByteOp.Split, _targets.Count, 2);
            _targets.AddRange(repeat.IsLazy ? [next, body] : [body, next]);
            // As Go compiles it: (x+)? where x may be empty, so that the loop cannot be entered by its own empty turn.
            if (repeat.Min > 0) next = body;
            else if (_saved.Count > 0 && RegexNode.MayBeEmpty(repeat.Item)) next = BuildOption(body, next, repeat.IsLazy);
            else next = loop;
            for (int i = 1; i < repeat.Min; i++) next = Build(repeat.Item, next);
            return next;
        }
        int end = next;
        for (int i = repeat.Max; i > repeat.Min; i--) next = BuildOption(Build(repeat.Item, next), end, repeat.IsLazy);
        for (int i = 0; i < repeat.Min; i++) next = Build(repeat.Item, next);
        return next;
    }

    private int BuildOption(int item, int without, bool isLazy) => BuildSplit(isLazy ? [without, item] : [item, without]);

    private int BuildCapture(RegexNode.Capture capture, int next)
    {
        int at = 0;
        while (at < _saved.Count && _saved[at] != capture.Index) at++;
        if (at == _saved.Count) return Build(capture.Item, next);
        int end = Add(new ByteInstruction(ByteOp.Save, next, 2 * at + 1));
        return Add(new ByteInstruction(ByteOp.Save, Build(capture.Item, end), 2 * at));
    }

    private int BuildSplit(ReadOnlySpan<int> targets)
    {
        if (targets.Length == 1) return targets[0];
        int first = _targets.Count;
        _targets.AddRange(targets);
        return Add(new ByteInstruction(ByteOp.Split, first, targets.Length));
    }

    private int BuildEdges(ReadOnlySpan<ByteEdge> edges)
    {
        int first = _edges.Count;
        _edges.AddRange(edges);
        return Add(new ByteInstruction(ByteOp.Byte, first, edges.Length));
    }

    private int BuildClass(RuneSet set, int next)
    {
        if (!_pieces.TryGetValue(set, out var pieces)) _pieces[set] = pieces = Utf8Ranges.Of(set);
        _shared.Clear();
        return BuildTree(pieces, 0, pieces.Count, 0, next);
    }

    /// <summary>Pieces with one first range share what is behind it: the branches stay apart, so a byte never leads two ways.</summary>
    private int BuildTree(List<Utf8Ranges.Piece> pieces, int from, int to, int level, int next)
    {
        var edges = new List<ByteEdge>();
        ulong hash = 14_695_981_039_346_656_037;
        while (from < to)
        {
            var range = pieces[from][level];
            int end = from + 1;
            while (end < to && pieces[end][level] == range) end++;
            int target = pieces[from].Count == level + 1 ? next : BuildTree(pieces, from, end, level + 1, next);
            edges.Add(new ByteEdge(range.Low, range.High, target));
            hash = (hash ^ (((ulong)(uint)target << 16) | ((ulong)range.Low << 8) | range.High)) * 1_099_511_628_211;
            from = end;
        }
        // A hash decides where to look, the edges decide whether they are equal.
        if (_shared.TryGetValue((hash, edges.Count), out int known) && AreEqual(known, edges)) return known;
        return _shared[(hash, edges.Count)] = BuildEdges(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(edges));
    }

    private bool AreEqual(int instruction, List<ByteEdge> edges)
    {
        ByteInstruction known = _instructions[instruction];
        if (known.Count != edges.Count) return false;
        for (int i = 0; i < edges.Count; i++)
        {
            if (_edges[known.First + i] != edges[i]) return false;
        }
        return true;
    }

    /// <summary>Cuts the bytes wherever any range begins or ends, or an anchor tells bytes apart.</summary>
    private (byte[] ClassOf, byte[] Sample) Classes()
    {
        bool[] begins = new bool[257];
        begins[0] = true;
        foreach (ByteEdge edge in _edges) begins[edge.Low] = begins[edge.High + 1] = true;
        if (_hasLines) begins['\n'] = begins['\n' + 1] = true;
        if (_hasWords) begins['0'] = begins['9' + 1] = begins['A'] = begins['Z' + 1] = begins['_'] = begins['_' + 1] = begins['a'] = begins['z' + 1] = true;
        byte[] classOf = new byte[256];
        var sample = new List<byte>();
        for (int value = 0; value < 256; value++)
        {
            if (begins[value]) sample.Add((byte)value);
            classOf[value] = (byte)(sample.Count - 1);
        }
        return (classOf, [.. sample]);
    }
}
