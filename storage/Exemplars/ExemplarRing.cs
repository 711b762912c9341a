using Streamline.Storage.Head;

namespace Streamline.Storage.Exemplars;

/// <summary>What became of an exemplar.</summary>
internal enum ExemplarVerdict
{
    Added,

    /// <summary>It is there already; taken, as sources send the same one again and again.</summary>
    Duplicate,
    OutOfOrder,

    /// <summary>Its labels have more than 128 characters.</summary>
    TooLong,

    /// <summary>None are kept.</summary>
    Disabled,
}

/// <summary>
/// The newest exemplars of all series, at most as many as configured: the one that came first goes first (tsdb/exemplar.go). A series' own are sorted by time.
/// Any thread.
/// </summary>
internal sealed class ExemplarRing
{
    /// <summary>OpenMetrics: names and values of an exemplar's labels together.</summary>
    public const int MostLabelCharacters = 128;

    private readonly Lock _lock = new();
    // Both guarded by the lock; the queue is in the order of arrival.
    private readonly Dictionary<Labels, List<Exemplar>> _series = [];
    private readonly Queue<(Labels Series, Exemplar Exemplar)> _order = new();
    private long _capacity, _outOfOrderWindowMs;

    public Counter Appended { get; } = new();

    public Counter OutOfOrder { get; } = new();

    /// <summary>Most exemplars kept; 0 keeps none. Fewer than before forgets those that came first.</summary>
    public long Capacity
    {
        get => Interlocked.Read(ref _capacity);
        set
        {
            lock (_lock)
            {
                _capacity = Math.Max(0, value);
                while (_order.Count > _capacity) DropFirst();
            }
        }
    }

    /// <summary>How far behind a series' newest exemplar one may be.</summary>
    public long OutOfOrderWindowMs
    {
        get => Interlocked.Read(ref _outOfOrderWindowMs);
        set => Interlocked.Exchange(ref _outOfOrderWindowMs, value);
    }

    /// <summary>Exemplars kept.</summary>
    public long Count
    {
        get
        {
            lock (_lock) return _order.Count;
        }
    }

    /// <summary>Series that have any.</summary>
    public long SeriesCount
    {
        get
        {
            lock (_lock) return _series.Count;
        }
    }

    /// <summary>Time of the exemplar that came first of those kept; 0 without any.</summary>
    public long FirstTimestampMs
    {
        get
        {
            lock (_lock) return _order.TryPeek(out var first) ? first.Exemplar.TimestampMs : 0;
        }
    }

    /// <summary>What <see cref="Add"/> would say, without adding.</summary>
    public ExemplarVerdict Check(Labels series, Exemplar exemplar)
    {
        lock (_lock) return Check(_series.GetValueOrDefault(series), exemplar);
    }

    public ExemplarVerdict Add(Labels series, Exemplar exemplar)
    {
        lock (_lock)
        {
            var own = _series.GetValueOrDefault(series);
            var verdict = Check(own, exemplar);
            if (verdict == ExemplarVerdict.OutOfOrder) OutOfOrder.Add(1);
            if (verdict == ExemplarVerdict.Added) Insert(series, exemplar);
            return verdict;
        }
    }

    /// <summary>All, in the order in which they came.</summary>
    public (Labels Series, Exemplar Exemplar)[] All()
    {
        lock (_lock) return [.. _order];
    }

    /// <summary>Puts back one that was here before a restart, in the order of <see cref="All"/>; no checks, as they have been made.</summary>
    public void Restore(Labels series, Exemplar exemplar)
    {
        lock (_lock)
        {
            if (_capacity > 0) Insert(series, exemplar);
        }
    }

    private void Insert(Labels series, Exemplar exemplar)
    {
        if (_order.Count == _capacity) DropFirst();
        // The first one may have been the last of this series, and then its list went.
        if (!_series.TryGetValue(series, out var own)) _series[series] = own = [];
        own.Insert(PlaceOf(own, exemplar.TimestampMs), exemplar);
        _order.Enqueue((series, exemplar));
        Appended.Add(1);
    }

    /// <summary>The exemplars in a range of the series that satisfy all matchers of one of the sets, sorted by labels.</summary>
    public List<SeriesExemplars> Select(IReadOnlyList<IReadOnlyList<LabelMatcher>> sets, TimeRange range)
    {
        var found = new List<SeriesExemplars>();
        lock (_lock)
        {
            foreach (var (series, exemplars) in _series)
            {
                if (!sets.Any(set => set.All(m => m.Matches(series.ValueOf(m.NameUtf8.Span))))) continue;
                var inside = exemplars.FindAll(e => e.TimestampMs >= range.MinMs && e.TimestampMs <= range.MaxMs);
                if (inside.Count > 0) found.Add(new SeriesExemplars(series, inside));
            }
        }
        found.Sort(static (a, b) => a.Series.CompareTo(b.Series));
        return found;
    }

    private ExemplarVerdict Check(List<Exemplar>? own, Exemplar exemplar)
    {
        if (_capacity == 0) return ExemplarVerdict.Disabled;
        if (CharactersOf(exemplar.Labels) > MostLabelCharacters) return ExemplarVerdict.TooLong;
        if (own is null) return ExemplarVerdict.Added;
        var newest = own[^1];
        int order = exemplar.TimestampMs.CompareTo(newest.TimestampMs);
        if (order > 0) return ExemplarVerdict.Added;
        if (order < 0) return CheckLate(own, exemplar, newest);
        // Of one time several may come, one for each bucket; by value and labels rising, so that one look tells those that are there.
        if (exemplar.Value == newest.Value && exemplar.Labels.Equals(newest.Labels)) return ExemplarVerdict.Duplicate;
        bool behind = exemplar.Value < newest.Value || (exemplar.Value == newest.Value && exemplar.Labels.Hash < newest.Labels.Hash);
        return behind ? ExemplarVerdict.OutOfOrder : ExemplarVerdict.Added;
    }

    private ExemplarVerdict CheckLate(List<Exemplar> own, Exemplar exemplar, Exemplar newest)
    {
        if (exemplar.TimestampMs <= newest.TimestampMs - _outOfOrderWindowMs) return ExemplarVerdict.OutOfOrder;
        int place = PlaceOf(own, exemplar.TimestampMs);
        return place > 0 && own[place - 1].TimestampMs == exemplar.TimestampMs ? ExemplarVerdict.Duplicate : ExemplarVerdict.Added;
    }

    // Behind all that are not later; late ones belong near the end.
    private static int PlaceOf(List<Exemplar> own, long timestampMs)
    {
        int place = own.Count;
        while (place > 0 && own[place - 1].TimestampMs > timestampMs) place--;
        return place;
    }

    private void DropFirst()
    {
        var (series, exemplar) = _order.Dequeue();
        var own = _series[series];
        own.RemoveAt(own.FindIndex(e => ReferenceEquals(e, exemplar)));
        if (own.Count == 0) _series.Remove(series);
    }

    private static int CharactersOf(Labels labels)
    {
        int characters = 0;
        foreach (var pair in labels) characters += Characters(pair.Name) + Characters(pair.Value);
        return characters;
    }

    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        int count = 0;
        foreach (byte unit in utf8)
        {
            if ((unit & 0xC0) != 0x80) count++;
        }
        return count;
    }
}
