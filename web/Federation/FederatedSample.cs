using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>The newest sample of a series.</summary>
internal readonly record struct FederatedSample(string Name, Labels Labels, long TimestampMs, double Value, NativeHistogram? Histogram)
{
    /// <summary>What the sample makes of its family.</summary>
    public FamilyKind Kind => Histogram switch
    {
        null => FamilyKind.Untyped,
        { ResetHint: CounterResetHint.Gauge } => FamilyKind.GaugeHistogram,
        _ => FamilyKind.Histogram,
    };
}
