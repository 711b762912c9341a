namespace Streamline.Query.Engine;

/// <summary>Samples of whole windows and samples read, by step where steps are told apart.</summary>
internal readonly record struct SampleCounts(long Total, long Read, long[]? Totals, long[]? Reads)
{
    /// <summary>What came since an earlier count of the same meter.</summary>
    public SampleCounts Less(SampleCounts earlier) =>
        new(Total - earlier.Total, Read - earlier.Read, Difference(Totals, earlier.Totals), Difference(Reads, earlier.Reads));

    /// <summary>Both together; the other may be empty.</summary>
    public SampleCounts Plus(SampleCounts other) =>
        new(Total + other.Total, Read + other.Read, Sum(Totals, other.Totals), Sum(Reads, other.Reads));

    private static long[]? Sum(long[]? one, long[]? other) => one is null || other is null ? one ?? other : [.. one.Zip(other, (a, b) => a + b)];

    private static long[]? Difference(long[]? later, long[]? earlier) => later is null ? null : [.. later.Zip(earlier!, (a, b) => a - b)];
}
