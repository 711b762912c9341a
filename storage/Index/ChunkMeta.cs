namespace Streamline.Storage.Index;

/// <summary>A chunk of a series: times of its first and last sample, and its place: segment number in the upper, offset in the lower 32 bits.</summary>
internal readonly record struct ChunkMeta(long MinMs, long MaxMs, ulong Ref)
{
    /// <summary>In memory.</summary>
    public const int Bytes = 24;

    public bool Overlaps(TimeRange range) => MinMs <= range.MaxMs && range.MinMs <= MaxMs;
}
