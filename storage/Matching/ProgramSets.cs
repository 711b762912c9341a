namespace Streamline.Storage.Matching;

/// <summary>A set of instructions with room for all of a program: adding, looking up and emptying take no time that depends on its size.</summary>
internal sealed class SparseSet(int capacity)
{
    private readonly int[] _places = new int[capacity];
    private readonly int[] _members = new int[capacity];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Members => _members.AsSpan(0, Count);

    public bool Add(int member)
    {
        int place = _places[member];
        if (place < Count && _members[place] == member) return false;
        _places[member] = Count;
        _members[Count++] = member;
        return true;
    }

    public void Clear() => Count = 0;
}

/// <summary>Walks a program, all ways at once. For one thread at a time.</summary>
internal sealed class ProgramWalk(ByteProgram program)
{
    private readonly Stack<int> _open = new();
    private readonly SparseSet _closed = new(program.Instructions.Length);

    /// <summary>Adds what can be reached without reading; anchors are kept for the moment at which the next byte is known.</summary>
    public void Reach(int instruction, SparseSet into)
    {
        _open.Push(instruction);
        while (_open.TryPop(out int at))
        {
            if (!into.Add(at) || program.Instructions[at] is not { Op: ByteOp.Split } split) continue;
            foreach (int target in program.Targets.AsSpan(split.First, split.Count)) _open.Push(target);
        }
    }

    /// <summary>
    /// Goes from a set over one byte to the next set. <paramref name="before"/> and <paramref name="value"/> decide over the anchors between them; -1 is the
    /// end of the text. Gives whether the expression ends here.
    /// </summary>
    public bool Step(ReadOnlySpan<int> from, int before, int value, SparseSet into)
    {
        into.Clear();
        bool matches = false;
        foreach (int member in Passed(from, before, value))
        {
            ByteInstruction instruction = program.Instructions[member];
            if (instruction.Op == ByteOp.Match) matches = true;
            if (instruction.Op != ByteOp.Byte || value < 0) continue;
            int next = program.Next(instruction, (byte)value);
            if (next >= 0) Reach(next, into);
        }
        return matches;
    }

    /// <summary>The set together with what its anchors let through.</summary>
    private ReadOnlySpan<int> Passed(ReadOnlySpan<int> from, int before, int value)
    {
        if (!program.HasAnchors) return from;
        _closed.Clear();
        foreach (int member in from) _closed.Add(member);
        for (int i = 0; i < _closed.Count; i++)
        {
            ByteInstruction instruction = program.Instructions[_closed.Members[i]];
            if (instruction.Op == ByteOp.Assert && ByteProgram.Holds((AnchorKind)instruction.Count, before, value)) Reach(instruction.First, _closed);
        }
        return _closed.Members;
    }
}
