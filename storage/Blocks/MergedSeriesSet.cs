namespace Streamline.Storage.Blocks;

/// <summary>
/// Several series sets as one: series with equal labels become one series whose samples are merged by time. Where two sources have a sample at the same
/// time, <see cref="MergedCursor"/> says which one stays. Owns the sets and disposes them.
/// </summary>
internal sealed class MergedSeriesSet : SeriesSet
{
    private readonly SeriesSet[] _sources;
    private readonly List<int> _starts = [];
    private readonly List<(int Source, int Index)> _parts = [];

    private MergedSeriesSet(SeriesSet[] sources)
    {
        _sources = sources;
        FollowsInTime = SortByTime(sources);
        MergeHeaders();
        _starts.Add(_parts.Count);
    }

    public override int Count => _starts.Count - 1;

    internal IReadOnlyList<SeriesSet> Sources => _sources;

    /// <summary>Whether the sources share no moment and stand in the order of time, as blocks and the head behind them mostly do: nothing is to be merged.</summary>
    internal bool FollowsInTime { get; }

    /// <summary>Merges; sets without series are disposed at once, and a single one is returned as it is.</summary>
    public static SeriesSet Of(IReadOnlyList<SeriesSet> sets)
    {
        var full = new List<SeriesSet>(sets.Count);
        foreach (var set in sets)
        {
            if (set.Count > 0) full.Add(set);
            else set.Dispose();
        }
        return full.Count == 1 ? full[0] : new MergedSeriesSet([.. full]);
    }

    public override Labels LabelsAt(int index)
    {
        var (source, place) = _parts[_starts[index]];
        return _sources[source].LabelsAt(place);
    }

    public override SampleCursor Open(int index, SampleCursor? reuse = null)
    {
        var cursor = reuse as MergedCursor;
        if (cursor is null || !cursor.IsOf(this)) cursor = new MergedCursor(this);
        cursor.Start(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts)[_starts[index].._starts[index + 1]]);
        return cursor;
    }

    public override void Dispose()
    {
        foreach (var set in _sources) set.Dispose();
    }

    /// <summary>Orders sources that share no moment; others stay as they are, because of two equal samples the first one's counts.</summary>
    private static bool SortByTime(SeriesSet[] sources)
    {
        for (int i = 1; i < sources.Length; i++)
        {
            for (int k = 0; k < i; k++)
            {
                if (sources[i].Bounds.Overlaps(sources[k].Bounds)) return false;
            }
        }
        Array.Sort(sources, static (a, b) => a.Bounds.MinMs.CompareTo(b.Bounds.MinMs));
        return true;
    }

    // Sources are few (a head and the blocks of the range), so the smallest is found by asking each. Each is asked for its labels once a series.
    private void MergeHeaders()
    {
        int[] next = new int[_sources.Length];
        var heads = new Labels?[_sources.Length];
        for (int i = 0; i < _sources.Length; i++) heads[i] = HeadOf(i, 0);
        while (true)
        {
            Labels? least = null;
            foreach (var head in heads)
            {
                if (head is not null && (least is null || head.CompareTo(least) < 0)) least = head;
            }
            if (least is null) return;
            _starts.Add(_parts.Count);
            for (int i = 0; i < _sources.Length; i++)
            {
                if (heads[i] is not { } head || !(ReferenceEquals(head, least) || head.Equals(least))) continue;
                _parts.Add((i, next[i]++));
                heads[i] = HeadOf(i, next[i]);
            }
        }
    }

    private Labels? HeadOf(int source, int index) => index < _sources[source].Count ? _sources[source].LabelsAt(index) : null;
}
