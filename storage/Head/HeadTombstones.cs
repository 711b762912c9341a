namespace Streamline.Storage.Head;

/// <summary>Deleted ranges of head series by WAL reference. Written during replay only so far (the delete API comes with later storage work).</summary>
internal sealed class HeadTombstones
{
    private readonly Dictionary<ulong, List<TimeRange>> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public void Add(ulong reference, TimeRange range)
    {
        if (!_ranges.TryGetValue(reference, out var ranges)) _ranges[reference] = ranges = [];
        ranges.Add(range);
    }

    public IReadOnlyList<TimeRange>? Of(ulong reference) => _ranges.TryGetValue(reference, out var ranges) ? ranges : null;
}
