using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// Series slot -> the streaming rules that read the series, and the bitmap of dirty rules. <see cref="Mark"/> runs on the append thread for every batch:
/// hot path, no allocation, no lock. One index per loaded rule set; a reload builds a new one beside it.
/// </summary>
internal sealed class StreamIndex : IDisposable
{
    private const int LongestName = 512; // names above it are looked up through an allocation: there are none in practice

    private readonly Lock _lock = new(); // guards growth and the writes of _bySlot's elements
    private readonly Dictionary<string, StreamLeaf[]> _byName;
    private readonly Dictionary<string, StreamLeaf[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly StreamLeaf[] _nameless;
    private readonly ulong[] _dirty;
    private readonly long[] _sampleTimes; // per rule: timestamp of the sample that made it dirty
    private readonly long[] _wakeAt;      // per rule: earliest sample dated ahead, 0 for none
    private readonly IDisposable? _watch;
    private volatile int[]?[] _bySlot = [];

    public StreamIndex(IReadOnlyList<StreamLeaf> leaves, int rules, Func<Action<SeriesHandle, Labels>, IDisposable> watchSeries)
    {
        _byName = leaves.Where(l => l.MetricName.Length > 0).GroupBy(l => l.MetricName).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _lookup = _byName.GetAlternateLookup<ReadOnlySpan<char>>();
        _nameless = [.. leaves.Where(l => l.MetricName.Length == 0)];
        _dirty = new ulong[(rules + 63) / 64];
        (_sampleTimes, _wakeAt) = (new long[rules], new long[rules]);
        if (rules > 0) _watch = watchSeries(Created);
    }

    /// <summary>Marks the rules that read the batch's series; true when one became dirty or has a sample to wait for.</summary>
    public bool Mark(SampleBatch batch, long nowMs)
    {
        int[]?[] bySlot = _bySlot;
        if (bySlot.Length == 0) return false;
        bool woke = false;
        var handles = batch.Handles;
        var timestamps = batch.Timestamps;
        for (int i = 0; i < handles.Length; i++)
        {
            int slot = handles[i].Slot;
            if ((uint)slot >= (uint)bySlot.Length || bySlot[slot] is not { } rules) continue;
            foreach (int rule in rules)
            {
                if (timestamps[i] <= nowMs)
                {
                    ulong bit = 1UL << (rule & 63);
                    if ((Volatile.Read(ref _dirty[rule >> 6]) & bit) != 0) continue;
                    Volatile.Write(ref _sampleTimes[rule], timestamps[i]);
                    Interlocked.Or(ref _dirty[rule >> 6], bit);
                    woke = true;
                }
                else
                {
                    woke |= WakeLater(rule, timestamps[i]);
                }
            }
        }
        return woke;
    }

    /// <summary>Gives each dirty rule once with the time of its sample and forgets it; rules whose ahead-dated sample has come are dirty too.</summary>
    public void Take(long nowMs, Action<int, long> dirty)
    {
        for (int word = 0; word < _dirty.Length; word++)
        {
            ulong bits = Volatile.Read(ref _dirty[word]) == 0 ? 0 : Interlocked.Exchange(ref _dirty[word], 0);
            for (; bits != 0; bits &= bits - 1)
            {
                int rule = word * 64 + System.Numerics.BitOperations.TrailingZeroCount(bits);
                dirty(rule, Volatile.Read(ref _sampleTimes[rule]));
            }
        }
        for (int rule = 0; rule < _wakeAt.Length; rule++)
        {
            long at = Volatile.Read(ref _wakeAt[rule]);
            if (at == 0 || at > nowMs) continue;
            Interlocked.CompareExchange(ref _wakeAt[rule], 0, at);
            dirty(rule, at);
        }
    }

    /// <summary>The earliest ahead-dated sample, or <see cref="long.MaxValue"/>.</summary>
    public long NextWake()
    {
        long next = long.MaxValue;
        for (int rule = 0; rule < _wakeAt.Length; rule++)
        {
            long at = Volatile.Read(ref _wakeAt[rule]);
            if (at != 0 && at < next) next = at;
        }
        return next;
    }

    public void Dispose() => _watch?.Dispose();

    private bool WakeLater(int rule, long timestampMs)
    {
        while (true)
        {
            long known = Volatile.Read(ref _wakeAt[rule]);
            if (known != 0 && known <= timestampMs) return false;
            if (Interlocked.CompareExchange(ref _wakeAt[rule], timestampMs, known) == known) return true;
        }
    }

    // On the thread that creates a series, before its handle is used. A reused slot forgets its former tenant's rules.
    private void Created(SeriesHandle handle, Labels labels)
    {
        int[]? rules = RulesOf(labels);
        lock (_lock)
        {
            int[]?[] bySlot = _bySlot;
            if (handle.Slot >= bySlot.Length)
            {
                if (rules is null) return;
                Array.Resize(ref bySlot, Math.Max(handle.Slot + 1, Math.Max(1024, bySlot.Length * 2)));
                bySlot[handle.Slot] = rules;
                _bySlot = bySlot;
                return;
            }
            Volatile.Write(ref bySlot[handle.Slot], rules);
        }
    }

    private int[]? RulesOf(Labels labels)
    {
        List<int>? rules = null;
        foreach (StreamLeaf leaf in LeavesOf(labels.ValueOf(Labels.MetricName))) AddIfMatch(leaf, labels, ref rules);
        foreach (StreamLeaf leaf in _nameless) AddIfMatch(leaf, labels, ref rules);
        return rules?.ToArray();
    }

    private static void AddIfMatch(StreamLeaf leaf, Labels labels, ref List<int>? rules)
    {
        if (rules?.Contains(leaf.StreamId) == true || !leaf.Matches(labels)) return;
        (rules ??= []).Add(leaf.StreamId);
    }

    private ReadOnlySpan<StreamLeaf> LeavesOf(ReadOnlySpan<byte> name)
    {
        if (_byName.Count == 0 || name.IsEmpty) return [];
        Span<char> chars = name.Length <= LongestName ? stackalloc char[LongestName] : new char[name.Length];
        int length = Encoding.UTF8.GetChars(name, chars);
        return _lookup.TryGetValue(chars[..length], out StreamLeaf[]? leaves) ? leaves : [];
    }
}
