namespace Streamline.Storage.Matching;

/// <summary>
/// Walks a <see cref="ByteProgram"/> with captures over a text; of the paths that match the whole text RE2's preferred one wins. Where a bit for each instruction and place is
/// little, one path after the other, none from the same place twice; else all paths at once (Pike's machine). Time is length times instructions at most either way. One thread;
/// nothing is allocated once its buffers have grown.
/// </summary>
/// <remarks>Measured on 49 bytes and two groups: Pike's machine alone took 8 us, one path after the other 1.5 us.</remarks>
internal sealed partial class CaptureMachine(ByteProgram program, int slots, int mostVisits = CaptureMachine.MostVisits)
{
    private readonly int[] _mark = new int[program.Instructions.Length];
    private readonly int[] _slots = new int[slots];
    private Threads _now = new(slots), _next = new(slots);
    private (int Instruction, int Slot, int Old)[] _stack = new (int, int, int)[16];
    private int _generation;

    /// <summary>Fills begin and end of each group, -1 for one that takes no part; false when the whole text does not match.</summary>
    public bool TryMatch(ReadOnlySpan<byte> text, Span<int> captures)
    {
        _slots.AsSpan().Fill(-1);
        return (long)program.Instructions.Length * (text.Length + 1) <= mostVisits ? TryPaths(text, captures) : TryAllPaths(text, captures);
    }

    private bool TryAllPaths(ReadOnlySpan<byte> text, Span<int> captures)
    {
        _now.Count = 0;
        Begin();
        Follow(program.Start, text, 0, _now);
        for (int at = 0; at < text.Length && _now.Count > 0; at++)
        {
            _next.Count = 0;
            Begin();
            for (int thread = 0; thread < _now.Count; thread++)
            {
                ref readonly var instruction = ref program.Instructions[_now.Instructions[thread]];
                if (instruction.Op != ByteOp.Byte || program.Next(instruction, text[at]) is not (>= 0 and var next)) continue;
                _now.SlotsOf(thread).CopyTo(_slots);
                Follow(next, text, at + 1, _next);
            }
            (_now, _next) = (_next, _now);
        }
        for (int thread = 0; thread < _now.Count; thread++)
        {
            if (program.Instructions[_now.Instructions[thread]].Op != ByteOp.Match) continue;
            _now.SlotsOf(thread).CopyTo(captures);
            return true;
        }
        return false;
    }

    // What an instruction was reached with first is what it keeps: the paths come in the order of preference.
    private void Begin()
    {
        if (++_generation != int.MaxValue) return;
        Array.Clear(_mark);
        _generation = 1;
    }

    /// <summary>Adds the instructions that read, reached from one without reading.</summary>
    private void Follow(int instruction, ReadOnlySpan<byte> text, int at, Threads threads)
    {
        int depth = 0;
        Push(ref depth, (instruction, -1, 0));
        while (depth > 0)
        {
            var (next, slot, old) = _stack[--depth];
            if (slot >= 0) _slots[slot] = old;
            else if (_mark[next] != _generation) Visit(next, text, at, threads, ref depth);
        }
    }

    private void Visit(int next, ReadOnlySpan<byte> text, int at, Threads threads, ref int depth)
    {
        _mark[next] = _generation;
        ref readonly var instruction = ref program.Instructions[next];
        switch (instruction.Op)
        {
            case ByteOp.Byte:
            case ByteOp.Match:
                threads.Add(next, _slots);
                break;
            case ByteOp.Split:
                for (int i = instruction.Count - 1; i >= 0; i--) Push(ref depth, (program.Targets[instruction.First + i], -1, 0));
                break;
            case ByteOp.Assert:
                int before = at > 0 ? text[at - 1] : -1, after = at < text.Length ? text[at] : -1;
                if (ByteProgram.Holds((AnchorKind)instruction.Count, before, after)) Push(ref depth, (instruction.First, -1, 0));
                break;
            case ByteOp.Save:
                Push(ref depth, (0, instruction.Count, _slots[instruction.Count]));
                _slots[instruction.Count] = at;
                Push(ref depth, (instruction.First, -1, 0));
                break;
        }
    }

    private void Push(ref int depth, (int, int, int) entry)
    {
        if (depth == _stack.Length) Array.Resize(ref _stack, depth * 2);
        _stack[depth++] = entry;
    }

    /// <summary>Instructions that wait for the next byte, most preferred first, each with its notes.</summary>
    private sealed class Threads(int slots)
    {
        private int[] _slots = new int[16 * slots];

        public int Count { get; set; }

        public int[] Instructions { get; private set; } = new int[16];

        public ReadOnlySpan<int> SlotsOf(int thread) => _slots.AsSpan(thread * slots, slots);

        public void Add(int instruction, ReadOnlySpan<int> notes)
        {
            if (Count == Instructions.Length)
            {
                Instructions = [.. Instructions, .. new int[Count]];
                Array.Resize(ref _slots, Instructions.Length * slots);
            }
            notes.CopyTo(_slots.AsSpan(Count * slots));
            Instructions[Count++] = instruction;
        }
    }
}
