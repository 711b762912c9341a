using System.Numerics;
using System.Runtime.CompilerServices;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Routes of one source by the keyed hash of the raw series text: entries in the order in which they came, an index over them, no raw bytes kept, and per
/// entry the scrape that saw it last, from which the series that vanished are found in one pass. One writer at a time (its source). Hot path: a hit
/// allocates nothing, and a source that sends its series in the order of the last time walks the entries without a look at the index.
/// </summary>
/// <remarks>
/// A round is <see cref="BeginRound"/>, any number of <see cref="TryTouch"/> and <see cref="Add"/>, then either <see cref="EndRound"/> or
/// <see cref="FailRound"/>; both give the handles that need a stale marker. Sources without rounds (push, remote write) begin one from time to time (say each minute), so that
/// routes not met for long can be let go.
/// </remarks>
internal sealed class RouteCache
{
    private const int FirstEntries = 48;

    // Entries not seen for this many rounds are dropped when the table is rebuilt: a series that comes and goes stays cheap.
    private const int KeepRounds = 10;

    private Entry[] _entries = new Entry[FirstEntries];

    // Positions of entries plus one, by the low bits of their key; 0 is free. At most half full.
    private int[] _index = new int[IndexSize(FirstEntries)];

    // The entry behind the last hit: most likely the next one.
    private int _expected;
    private int _generation;

    // The running round and the last one that ended well; 0 is before any.
    private uint _round;
    private uint _lastRound;

    // The last round that ended well, whatever failed since.
    private uint _lastGood = 1;

    // Entries tracked in the last good round, and how many of them the running round has met again.
    private int _trackedBefore;
    private int _metAgain;
    private int _trackedNow;

    // Tracked handles of the last good round under the generation before, while a round under the new one runs.
    private SeriesHandle[]? _carried;

    private struct Entry
    {
        public RouteKey Key;
        public ulong Ref;
        public int SlotOrReason;
        public uint Round;
        public bool Tracked;
        public bool Before;
    }

    /// <summary>Routes held.</summary>
    public int Count { get; private set; }

    /// <summary>Series of the running round that were not met since the last good one ended.</summary>
    public int AddedInRound { get; private set; }

    /// <summary>Drops all routes when the router is another one than the cached routes came from; series of the last round stay known to staleness.</summary>
    public void Use(int generation)
    {
        if (generation == _generation) return;
        if (_generation != 0 && _trackedBefore > 0) _carried = TrackedIn(_lastRound);
        _generation = generation;
        (_entries, _index, Count) = (new Entry[FirstEntries], new int[IndexSize(FirstEntries)], 0);
        _trackedBefore = 0;
    }

    /// <summary>Starts a round.</summary>
    public void BeginRound()
    {
        _round++;
        (_metAgain, _trackedNow, _expected, AddedInRound) = (0, 0, 0, 0);
    }

    /// <summary>
    /// Finds a route and marks it seen. <paramref name="track"/>: its vanishing will want a stale marker. <paramref name="repeated"/>: the running round has met it already.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryTouch(RouteKey key, bool track, out Route route, out bool repeated)
    {
        int at = _expected;
        // Entries past the count have no key; a hash is never all zero.
        if ((uint)at >= (uint)_entries.Length || !_entries[at].Key.Is(key)) at = IndexOf(key);
        if (at < 0)
        {
            route = default;
            repeated = false;
            return false;
        }
        _expected = at + 1;
        ref var entry = ref _entries[at];
        route = RouteOf(entry);
        repeated = entry.Round == _round;
        Mark(ref entry, track && entry.Ref != 0, repeated);
        return true;
    }

    /// <summary>Adds or replaces a route, seen in the running round.</summary>
    public void Add(RouteKey key, Route route, bool track)
    {
        int at = IndexOf(key);
        bool isNew = at < 0;
        if (isNew)
        {
            if (Count == _entries.Length) Rebuild();
            at = Count++;
            _entries[at] = new Entry { Key = key };
            _index[FreeSlot(key)] = at + 1;
        }
        _expected = at + 1;
        ref var entry = ref _entries[at];
        entry.Ref = route.Handle.Ref;
        entry.SlotOrReason = route.IsDropped ? (int)route.Dropped : route.Handle.Slot;
        Mark(ref entry, track && entry.Ref != 0, !isNew && entry.Round == _round);
    }

    /// <summary>The round counts: gives the handles tracked in the last good round and not met in this one.</summary>
    public void EndRound(List<SeriesHandle> vanished)
    {
        if (_metAgain < _trackedBefore || _carried is not null) CollectVanished(vanished);
        _lastRound = _lastGood = _round;
        _trackedBefore = _trackedNow;
        _carried = null;
    }

    /// <summary>The round does not count: gives all handles tracked in the last good round. The next round has none before it.</summary>
    public void FailRound(List<SeriesHandle> vanished)
    {
        if (_carried is not null) vanished.AddRange(_carried);
        if (_trackedBefore > 0)
        {
            foreach (ref readonly var entry in Entries)
            {
                if (WasTracked(entry)) vanished.Add(HandleOf(entry));
            }
        }
        _round++;
        _lastRound = _round;
        _trackedBefore = 0;
        _carried = null;
    }

    /// <summary>Lets go of routes to series that are gone. Only for sources that do not track.</summary>
    public void Forget(Func<SeriesHandle, bool> isGone)
    {
        int before = Count;
        foreach (ref var entry in Entries)
        {
            if (entry.Ref != 0 && isGone(HandleOf(entry))) (entry.Ref, entry.SlotOrReason, before) = (0, 0, 0);
        }
        if (before != Count) Rebuild();
    }

    private bool WasTracked(in Entry entry) => entry.Ref != 0 && (entry.Round == _round ? entry.Before : entry.Tracked && entry.Round == _lastRound);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mark(ref Entry entry, bool track, bool repeated)
    {
        if (repeated)
        {
            if (track && !entry.Tracked) _trackedNow++;
            if (track && !entry.Tracked && entry.Before) _metAgain++;
            entry.Tracked |= track;
            return;
        }
        if (entry.Round < _lastGood && entry.Ref != 0) AddedInRound++;
        entry.Before = entry.Tracked && entry.Round == _lastRound && _lastRound != 0;
        entry.Round = _round;
        entry.Tracked = track;
        if (!track) return;
        _trackedNow++;
        if (entry.Before) _metAgain++;
    }

    // Two raw texts may lead to one series: a handle still met under another text has not vanished. Rare, so the set is built only here.
    private void CollectVanished(List<SeriesHandle> vanished)
    {
        int first = vanished.Count;
        if (_carried is not null) vanished.AddRange(_carried);
        var met = new HashSet<ulong>();
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Ref == 0) continue;
            if (entry.Round == _round && entry.Tracked) met.Add(entry.Ref);
            else if (WasTracked(entry)) vanished.Add(HandleOf(entry));
        }
        int kept = first;
        for (int i = first; i < vanished.Count; i++)
        {
            if (met.Add(vanished[i].Ref)) vanished[kept++] = vanished[i];
        }
        vanished.RemoveRange(kept, vanished.Count - kept);
    }

    private SeriesHandle[] TrackedIn(uint round)
    {
        var handles = new List<SeriesHandle>();
        foreach (ref readonly var entry in Entries)
        {
            if (entry.Ref != 0 && entry.Tracked && entry.Round == round) handles.Add(HandleOf(entry));
        }
        return [.. handles];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int IndexOf(RouteKey key)
    {
        var index = _index;
        int mask = index.Length - 1;
        for (int slot = (int)key.Low & mask; ; slot = (slot + 1) & mask)
        {
            int at = index[slot] - 1;
            if (at < 0 || _entries[at].Key.Is(key)) return at;
        }
    }

    private int FreeSlot(RouteKey key)
    {
        int mask = _index.Length - 1, slot = (int)key.Low & mask;
        while (_index[slot] != 0) slot = (slot + 1) & mask;
        return slot;
    }

    // Long unseen entries go; the room doubles only when the others fill half of it. The order stays.
    private void Rebuild()
    {
        int kept = 0;
        foreach (ref readonly var entry in Entries)
        {
            if (IsKept(entry)) kept++;
        }
        var old = Entries;
        int room = kept * 2 >= _entries.Length ? _entries.Length * 2 : _entries.Length;
        (_entries, _index, Count, _expected) = (new Entry[room], new int[IndexSize(room)], 0, 0);
        foreach (ref readonly var entry in old)
        {
            if (!IsKept(entry)) continue;
            _entries[Count++] = entry;
            _index[FreeSlot(entry.Key)] = Count;
        }
    }

    private Span<Entry> Entries => _entries.AsSpan(0, Count);

    private static int IndexSize(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)entries * 2);

    private bool IsKept(in Entry entry) => (entry.Ref != 0 || entry.SlotOrReason != 0) && _round - entry.Round <= KeepRounds;

    private static SeriesHandle HandleOf(in Entry entry) => new(entry.SlotOrReason, entry.Ref);

    private static Route RouteOf(in Entry entry) =>
        entry.Ref != 0 ? Route.To(HandleOf(entry)) : Route.Drop((DropReason)entry.SlotOrReason);
}
