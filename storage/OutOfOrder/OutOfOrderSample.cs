namespace Streamline.Storage.OutOfOrder;

/// <summary>A float, or a histogram with its sum for a value.</summary>
internal readonly record struct OutOfOrderSample(long TimestampMs, double Value, NativeHistogram? Histogram);
