namespace Streamline.Storage;

/// <summary>A traced example of one observation (OpenMetrics): its own labels, value and time in milliseconds. <paramref name="HasTimestamp"/> is false when the time is the sample's.</summary>
public sealed record Exemplar(Labels Labels, double Value, long TimestampMs, bool HasTimestamp = true);

/// <summary>An exemplar on its way to the store, with the series it belongs to.</summary>
public readonly record struct BatchExemplar(SeriesHandle Handle, Exemplar Exemplar);
