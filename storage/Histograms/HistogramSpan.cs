namespace Streamline.Storage;

/// <summary>
/// A run of consecutive buckets. <paramref name="Offset"/> is the gap to the end of the span before it; for the first span the index of its first bucket (may be negative).
/// </summary>
public readonly record struct HistogramSpan(int Offset, uint Length);
