namespace Streamline.Storage.Head;

/// <summary>When an open chunk ends, by Prometheus's rules (tsdb/head_append.go, appendPreprocessor): about 120 samples, evenly spread over the block range.</summary>
internal static class ChunkCutting
{
    /// <summary>Samples that a chunk aims at.</summary>
    public const int TargetSamples = 120;

    /// <summary>A chunk whose rate has risen since the prediction ends here.</summary>
    public const int MostSamples = 2 * TargetSamples;

    /// <summary>After this many samples the end is predicted.</summary>
    public const int PredictAt = TargetSamples / 4;

    /// <summary>Bytes after which a chunk is full: 1,024 less the longest sample.</summary>
    public const int FullBytes = 1005;

    /// <summary>End of the aligned range that holds a time; division truncates towards zero as Go's does.</summary>
    public static long RangeEnd(long timestampMs, long rangeMs) => timestampMs / rangeMs * rangeMs + rangeMs;

    /// <summary>The end that lets equal chunks of the present rate fill the time up to <paramref name="end"/>; the chunk is full at so many times its size.</summary>
    public static long PredictEnd(long first, long last, long end, double timesToFull = 4)
    {
        double chunks = (double)(end - first) / ((last - first + 1) * timesToFull);
        return chunks <= 1 ? end : (long)(first + (end - first) / Math.Floor(chunks));
    }
}
