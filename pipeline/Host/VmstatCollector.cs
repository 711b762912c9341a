using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Paging counters from /proc/vmstat: the lines that node_exporter takes by default (oom_kill, pgpg*, pswp*, page faults).</summary>
internal sealed class VmstatCollector : IHostCollector
{
    private readonly List<HostFamily> _families = [];
    private readonly NameTable<byte[]?> _names;

    public VmstatCollector() => _names = new(Learn);

    public string Name => "vmstat";

    public IReadOnlyList<HostFamily> Families => _families;

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("vmstat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            if (_names[reader.Field()] is { } name) writer.Series(name).ValueIfThere(reader.Number());
        }
        return true;
    }

    private byte[]? Learn(string field)
    {
        bool taken = field is "oom_kill" || field.StartsWith("pgpg", StringComparison.Ordinal) || field.StartsWith("pswp", StringComparison.Ordinal)
            || (field.StartsWith("pg", StringComparison.Ordinal) && field.Contains("fault", StringComparison.Ordinal));
        if (!taken) return null;
        _families.Add(new("node_vmstat_" + field, "untyped", $"{field} of /proc/vmstat."));
        return Encoding.ASCII.GetBytes("node_vmstat_" + field);
    }
}
