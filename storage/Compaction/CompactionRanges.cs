namespace Streamline.Storage.Compaction;

/// <summary>The lengths that blocks grow through: each three times the one before, from a head block's up to the longest allowed.</summary>
internal static class CompactionRanges
{
    private const int Factor = 3;
    private const long LongestMs = 31L * 24 * 3600 * 1000;

    /// <summary>The longest block: as asked for, or a tenth of the retention but at most 31 days, and never shorter than a head block.</summary>
    public static long MaxBlockDuration(long askedMs, long retentionMs, long blockDurationMs)
    {
        long longest = askedMs > 0 ? askedMs : retentionMs > 0 ? Math.Min(retentionMs / 10, LongestMs) : LongestMs;
        return Math.Max(longest, blockDurationMs);
    }

    public static long[] Of(long blockDurationMs, long maxBlockDurationMs)
    {
        var ranges = new List<long>();
        for (long range = blockDurationMs; range <= maxBlockDurationMs; range *= Factor) ranges.Add(range);
        return [.. ranges];
    }
}
