using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>A pushed group as the Pushgateway's query API shows it.</summary>
public sealed record PushGroupStatus(IReadOnlyList<KeyValuePair<string, string>> Labels, bool LastPushSuccessful, IReadOnlyList<PushFamilyStatus> Families);

/// <summary>A family of a group: type in upper case, series with their values at the last push.</summary>
public sealed record PushFamilyStatus(string Name, string Type, string Help, long PushedAtMs, IReadOnlyList<PushSeriesStatus> Series);

/// <summary>A pushed series; <paramref name="Histogram"/> is set for native histograms.</summary>
public sealed record PushSeriesStatus(Labels Labels, double Value, NativeHistogram? Histogram);
