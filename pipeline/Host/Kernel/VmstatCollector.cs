using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Paging counters from /proc/vmstat; by default those that node_exporter takes (oom_kill, pgpg*, pswp*, page faults).</summary>
internal sealed class VmstatCollector : IHostCollector
{
    private readonly LabelMatcher? _fields;
    private readonly LearnedFamilies _families;

    public VmstatCollector(HostFieldsConfig config)
    {
        _fields = NameFilter.Matcher(config.Fields);
        _families = new(Learn);
    }

    public IEnumerable<HostFamily> Families => _families.All;

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("vmstat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            if (_families[reader.Field()] is { } family) writer.Series(family).ValueIfThere(reader.Number());
        }
        return true;
    }

    private HostFamily? Learn(string field) =>
        _fields?.Matches(HostSeries.Utf8(field)) == false ? null : HostFamily.Untyped("node_vmstat_" + field, $"The kernel's figure {field} of its virtual memory.");
}
