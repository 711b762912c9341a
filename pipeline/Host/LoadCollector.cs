using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Load averages, from /proc/loadavg.</summary>
internal sealed class LoadCollector : IHostCollector
{
    public string Name => "loadavg";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        new("node_load1", "gauge", "Load average over 1 minute."),
        new("node_load5", "gauge", "Load average over 5 minutes."),
        new("node_load15", "gauge", "Load average over 15 minutes."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("loadavg", out var text)) return false;
        var reader = new FieldReader(text);
        if (!reader.NextLine()) return false;
        writer.Series("node_load1"u8).ValueIfThere(reader.Number());
        writer.Series("node_load5"u8).ValueIfThere(reader.Number());
        writer.Series("node_load15"u8).ValueIfThere(reader.Number());
        return true;
    }
}
