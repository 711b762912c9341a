namespace Streamline.Pipeline;

/// <summary>What a target says about a metric family.</summary>
/// <param name="Type">counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown.</param>
/// <param name="Help">Help text.</param>
/// <param name="Unit">Unit, mostly empty.</param>
public sealed record MetricMetadata(string Type, string Help, string Unit);
