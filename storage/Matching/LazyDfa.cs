using System.Runtime.InteropServices;

namespace Streamline.Storage.Matching;

/// <summary>
/// Matches whole values against a <see cref="ByteProgram"/> with a deterministic automaton whose states are made when first needed: a known byte is one
/// array read: 75 ns for a value of 30 bytes where .NET's engine takes 185; 2,000 alternatives are ready in 2-4 ms (tests/Benchmarks). States are bounded in bytes: when there are too many, all are forgotten; an expression that keeps making new
/// ones is walked without states from then on. Linear in the value either way. Thread safe: states are immutable but for transitions, which are only ever
/// filled in; a thread may walk on in states that others have forgotten.
/// </summary>
internal sealed class LazyDfa
{
    // Per expression. A dashboard has some dozens of these, most with ten states.
    private const int MostStateBytes = 2 << 20;

    // An object, its arrays' headers and its place in the dictionary.
    private const int StateOverhead = 160;

    // An expression that filled the room so often is one of those with exponentially many states.
    private const int MostFlushes = 4;

    // What stands before a state as far as anchors can tell: nothing, a new line, a word character, something else. Each with a byte of its kind.
    private const int Nothing = 0, NewLine = 1, Word = 2, Other = 3;
    private static readonly int[] BytesBefore = [-1, '\n', 'a', ' '];

    private readonly ByteProgram _program;
    private readonly ProgramWalk _walk;
    private readonly SparseSet _next;
    private readonly Lock _building = new();
    private readonly Dictionary<int[], State> _states;
    private readonly Dictionary<int[], State>.AlternateLookup<ReadOnlySpan<int>> _lookup;
    private readonly int _mostStateBytes;
    private int[] _key = new int[64];
    private long _stateBytes;
    private int _flushes;
    private volatile State _start;

    /// <summary>Made for a program; a bound of its own is for tests.</summary>
    public LazyDfa(ByteProgram program, int mostStateBytes = MostStateBytes)
    {
        _program = program;
        _mostStateBytes = mostStateBytes;
        _walk = new ProgramWalk(program);
        _next = new SparseSet(program.Instructions.Length);
        _states = new Dictionary<int[], State>(StateKeys.Comparer);
        _lookup = _states.GetAlternateLookup<ReadOnlySpan<int>>();
        _start = MakeStart();
    }

    /// <summary>States known at present.</summary>
    public int States => _states.Count;

    /// <summary>Whether the expression is walked without states, for having too many.</summary>
    public bool Walks => Volatile.Read(ref _flushes) > MostFlushes;

    /// <summary>Whether the whole value matches. Allocates nothing once the states are known.</summary>
    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        if (Walks) return WalkFrom(_start, value);
        State state = _start;
        byte[] classOf = _program.ClassOf;
        for (int i = 0; i < value.Length; i++)
        {
            State? next = state.Next[classOf[value[i]]];
            if (next is null)
            {
                if (Walks) return WalkFrom(state, value[i..]);
                next = Make(state, value[i]);
            }
            if (next.IsDead) return false;
            state = next;
        }
        return Accepts(state);
    }

    private bool Accepts(State state)
    {
        if (state.Accepts == 0)
        {
            lock (_building) state.Accepts = _walk.Step(state.Members, BytesBefore[state.Before], -1, _next) ? (sbyte)1 : (sbyte)-1;
        }
        return state.Accepts > 0;
    }

    private State MakeStart()
    {
        _next.Clear();
        _walk.Reach(_program.Start, _next);
        return Intern(_program.HasAnchors ? Nothing : Other);
    }

    private State Make(State from, byte value)
    {
        lock (_building)
        {
            int place = _program.ClassOf[value];
            if (from.Next[place] is { } known) return known;
            // All bytes of a class are alike; the sample makes the states independent of who came first.
            byte sample = _program.Sample[place];
            _walk.Step(from.Members, BytesBefore[from.Before], sample, _next);
            State next = Intern(KindOf(sample));
            Volatile.Write(ref from.Next[place], next);
            return next;
        }
    }

    private int KindOf(byte value) => !_program.HasAnchors ? Other : value == '\n' ? NewLine : ByteProgram.IsWord(value) ? Word : Other;

    /// <summary>The state of the set in <see cref="_next"/>.</summary>
    private State Intern(int before)
    {
        int count = 1;
        if (_key.Length <= _next.Count) _key = new int[_next.Count * 2];
        foreach (int member in _next.Members)
        {
            // What was left behind leads nowhere by itself.
            if (_program.Instructions[member].Op != ByteOp.Split) _key[count++] = member;
        }
        _key.AsSpan(1, count - 1).Sort();
        _key[0] = count == 1 ? Other : before;
        ReadOnlySpan<int> key = _key.AsSpan(0, count);
        if (_lookup.TryGetValue(key, out State? state)) return state;
        long bytes = StateOverhead + (count * sizeof(int) * 2) + (_program.Classes * 8);
        if (_stateBytes + bytes > _mostStateBytes && _states.Count > 0) Flush();
        _stateBytes += bytes;
        int[] kept = key.ToArray();
        return _states[kept] = new State(kept[0], kept[1..], _program.Classes);
    }

    private void Flush()
    {
        _states.Clear();
        _stateBytes = 0;
        _flushes++;
        // The old start leads into all the old states; a copy without transitions takes its place.
        State old = _start;
        _start = new State(old.Before, old.Members, _program.Classes);
        _states[[old.Before, .. old.Members]] = _start;
    }

    /// <summary>Without states: two sets take turns.</summary>
    private bool WalkFrom(State state, ReadOnlySpan<byte> value)
    {
        Scratch scratch = Scratch.Rent(_program);
        int before = BytesBefore[state.Before];
        ReadOnlySpan<int> members = state.Members;
        foreach (byte each in value)
        {
            scratch.Walk.Step(members, before, each, scratch.Next);
            (scratch.Current, scratch.Next) = (scratch.Next, scratch.Current);
            members = scratch.Current.Members;
            if (members.IsEmpty) break;
            before = each;
        }
        bool matches = scratch.Walk.Step(members, before, -1, scratch.Next);
        scratch.Return();
        return matches;
    }

    /// <summary>A set of instructions that wait for a byte, and what is known of the byte before.</summary>
    private sealed class State(int before, int[] members, int classes)
    {
        public readonly State?[] Next = new State?[classes];

        public int Before { get; } = before;

        public int[] Members { get; } = members;

        /// <summary>1 if a value may end here, -1 if not, 0 when nobody has asked.</summary>
        public sbyte Accepts { get; set; }

        public bool IsDead => Members.Length == 0;
    }

    /// <summary>The sets of a walk, one per thread and program at a time.</summary>
    private sealed class Scratch(ByteProgram program)
    {
        [ThreadStatic]
        private static Scratch? _idle;

        public SparseSet Current { get; set; } = new(program.Instructions.Length);

        public SparseSet Next { get; set; } = new(program.Instructions.Length);

        public ProgramWalk Walk { get; } = new(program);

        private ByteProgram Program { get; } = program;

        public static Scratch Rent(ByteProgram program)
        {
            Scratch scratch = _idle is { } idle && idle.Program == program ? idle : new Scratch(program);
            _idle = null;
            return scratch;
        }

        public void Return() => _idle = this;
    }

    /// <summary>Keys of states: the kind of the byte before, then the sorted members.</summary>
    private sealed class StateKeys : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public static readonly StateKeys Comparer = new();

        public bool Equals(int[]? a, int[]? b) => a.AsSpan().SequenceEqual(b);

        public bool Equals(ReadOnlySpan<int> key, int[] other) => key.SequenceEqual(other);

        public int[] Create(ReadOnlySpan<int> key) => key.ToArray();

        public int GetHashCode(int[] key) => GetHashCode(key.AsSpan());

        public int GetHashCode(ReadOnlySpan<int> key)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(key));
            return hash.ToHashCode();
        }
    }
}
