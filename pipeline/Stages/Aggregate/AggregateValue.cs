using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>A value that a closed window owes the store. <paramref name="Output"/> counts in the stage's outputs.</summary>
internal readonly record struct AggregateValue(AggregateGroup Group, int Output, long EndMs, double Value)
{
    /// <summary>The end of a series: written only where the series is there.</summary>
    public bool IsEnd => StaleMarker.Is(Value);
}
