using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>The machine's clock.</summary>
internal sealed class TimeCollector(TimeProvider time) : IHostCollector
{
    public string Name => "time";

    public IReadOnlyList<HostFamily> Families { get; } = [new("node_time_seconds", "gauge", "The machine's time, Unix seconds.")];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        writer.Series("node_time_seconds"u8).Value((time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds);
        return true;
    }
}
