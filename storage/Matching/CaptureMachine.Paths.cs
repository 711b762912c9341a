namespace Streamline.Storage.Matching;

/// <summary>One path after the other, the preferred ones first.</summary>
internal sealed partial class CaptureMachine
{
    /// <summary>Instructions times places up to which their bits are kept: 32 kB, cleared at each match as far as they are used.</summary>
    public const int MostVisits = 256 * 1024;

    // A bit for each instruction and place from which no path leads to a match, or which is on the present one.
    private ulong[] _visited = [];

    // Where to go on, or, with a negative instruction, a note to take back.
    private (int Instruction, int At)[] _paths = new (int, int)[32];
    private int _depth;

    private bool TryPaths(ReadOnlySpan<byte> text, Span<int> captures)
    {
        int words = (program.Instructions.Length * (text.Length + 1) + 63) / 64;
        if (_visited.Length < words) _visited = new ulong[words];
        else _visited.AsSpan(0, words).Clear();
        _depth = 0;
        PushPath(program.Start, 0);
        while (_depth > 0)
        {
            var (instruction, at) = _paths[--_depth];
            if (instruction < 0) _slots[~instruction] = at;
            else if (TryPath(instruction, at, text)) return _slots.AsSpan().TryCopyTo(captures);
        }
        return false;
    }

    private bool TryPath(int next, int at, ReadOnlySpan<byte> text)
    {
        var instructions = program.Instructions;
        while (next >= 0 && TryVisit(next * (text.Length + 1) + at))
        {
            ref readonly var instruction = ref instructions[next];
            switch (instruction.Op)
            {
                case ByteOp.Byte:
                    next = at < text.Length ? program.Next(instruction, text[at++]) : -1;
                    break;
                case ByteOp.Split:
                    for (int i = instruction.Count - 1; i > 0; i--) PushPath(program.Targets[instruction.First + i], at);
                    next = instruction.Count > 0 ? program.Targets[instruction.First] : -1;
                    break;
                case ByteOp.Assert:
                    next = ByteProgram.Holds((AnchorKind)instruction.Count, at > 0 ? text[at - 1] : -1, at < text.Length ? text[at] : -1) ? instruction.First : -1;
                    break;
                case ByteOp.Save:
                    PushPath(~instruction.Count, _slots[instruction.Count]);
                    _slots[instruction.Count] = at;
                    next = instruction.First;
                    break;
                case ByteOp.Match:
                    return at == text.Length;
            }
        }
        return false;
    }

    private bool TryVisit(int place)
    {
        ref ulong word = ref _visited[place >> 6];
        ulong bit = 1UL << place;
        if ((word & bit) != 0) return false;
        word |= bit;
        return true;
    }

    private void PushPath(int instruction, int at)
    {
        if (_depth == _paths.Length) Array.Resize(ref _paths, _depth * 2);
        _paths[_depth++] = (instruction, at);
    }
}
