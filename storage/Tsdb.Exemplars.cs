namespace Streamline.Storage;

/// <summary>Exemplars: the newest ones of all series, in memory and in the log.</summary>
public sealed partial class Tsdb
{
    /// <summary>Most exemplars kept; 0 keeps none. Counts from the next commit on, and forgets at once what is too many.</summary>
    public long MaxExemplars
    {
        get => _head.Exemplars.Capacity;
        set => _head.Exemplars.Capacity = value;
    }

    /// <summary>The exemplars in a range of the series that satisfy all matchers of at least one of the sets; series sorted by labels.</summary>
    public IReadOnlyList<SeriesExemplars> Exemplars(IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, TimeRange range) => _head.Exemplars.Select(matcherSets, range);
}
