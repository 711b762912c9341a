using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Load averages, from /proc/loadavg.</summary>
internal sealed class LoadCollector : IHostCollector
{
    private static readonly HostFamily[] Averages =
    [
        HostFamily.Gauge("node_load1", "Tasks that run or wait, averaged over one minute."),
        HostFamily.Gauge("node_load5", "Tasks that run or wait, averaged over five minutes."),
        HostFamily.Gauge("node_load15", "Tasks that run or wait, averaged over fifteen minutes."),
    ];

    public IEnumerable<HostFamily> Families => Averages;

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("loadavg", out var text)) return false;
        var reader = new FieldReader(text);
        if (!reader.NextLine()) return false;
        bool isGood = true;
        foreach (var family in Averages)
        {
            double average = reader.Number();
            writer.Series(family).ValueIfThere(average);
            isGood &= !double.IsNaN(average);
        }
        return isGood;
    }
}
