using Streamline.Storage.Head;

namespace Streamline.Storage;

/// <summary>Reading: the head is captured before the list of blocks is taken, so that what moves from one to the other meanwhile is seen twice, not never.</summary>
public sealed partial class Tsdb
{
    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) => _head.Select(matchers, range);

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (_head.Overlaps(range)) HeadLabels.AddNames(_head.Series, matchers, names);
        return Limit(names, limit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        if (_head.Overlaps(range)) HeadLabels.AddValues(_head.Series, name, matchers, values);
        return Limit(values, limit);
    }

    /// <summary>Head statistics with top lists of at most <paramref name="limit"/> lines.</summary>
    public TsdbStatus Status(int limit) => HeadStatus.Of(_head, limit);

    private static string[] Limit(SortedSet<string> sorted, int limit) => [.. limit > 0 ? sorted.Take(limit) : sorted];
}
