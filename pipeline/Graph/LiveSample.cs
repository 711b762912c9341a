using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>A sample on its way, as the live tail shows it. <paramref name="Histogram"/> is set for native histograms, whose sum is the value.</summary>
public sealed record LiveSample(string Source, Labels Labels, long TimestampMs, double Value, NativeHistogram? Histogram);

/// <summary>
/// What a live tail shows at once, with its counts since it began: samples that passed, that matched, that were shown, and batches missed because the reader
/// was too slow.
/// </summary>
public sealed record LiveWindow(IReadOnlyList<LiveSample> Samples, long Seen, long Matched, long Shown, long MissedBatches);

/// <summary>What to show: selectors (a series of any of them; none means all), the node of the graph, and the most samples a second.</summary>
public sealed record LiveRequest(IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors, string Node = "append", int SamplesPerSecond = 50);
