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
        MergeHeaders();
        _starts.Add(_parts.Count);
    }

    public override int Count => _starts.Count - 1;

    internal IReadOnlyList<SeriesSet> Sources => _sources;

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

    // Sources are few (a head and the blocks of the range), so the smallest is found by asking each.
    private void MergeHeaders()
    {
        int[] next = new int[_sources.Length];
        while (true)
        {
            Labels? least = null;
            for (int i = 0; i < _sources.Length; i++)
            {
                if (next[i] == _sources[i].Count) continue;
                var labels = _sources[i].LabelsAt(next[i]);
                if (least is null || labels.CompareTo(least) < 0) least = labels;
            }
            if (least is null) return;
            _starts.Add(_parts.Count);
            for (int i = 0; i < _sources.Length; i++)
            {
                if (next[i] < _sources[i].Count && _sources[i].LabelsAt(next[i]).Equals(least)) _parts.Add((i, next[i]++));
            }
        }
    }
}
