using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Boot time, forks, interrupts, context switches and process counts, from /proc/stat.</summary>
internal sealed class StatCollector : IHostCollector
{
    public string Name => "stat";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        new("node_boot_time_seconds", "gauge", "When the machine was started, Unix seconds."),
        new("node_context_switches_total", "counter", "Context switches."),
        new("node_forks_total", "counter", "Processes and threads created."),
        new("node_intr_total", "counter", "Interrupts served."),
        new("node_procs_blocked", "gauge", "Processes that wait for I/O."),
        new("node_procs_running", "gauge", "Processes that run or could."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("stat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var name = NameOf(reader.Field());
            if (name.IsEmpty) continue;
            double value = reader.Number();
            if (!double.IsNaN(value)) writer.Series(name).Value(value);
        }
        return true;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> field)
    {
        if (field.SequenceEqual("btime"u8)) return "node_boot_time_seconds"u8;
        if (field.SequenceEqual("ctxt"u8)) return "node_context_switches_total"u8;
        if (field.SequenceEqual("processes"u8)) return "node_forks_total"u8;
        if (field.SequenceEqual("intr"u8)) return "node_intr_total"u8;
        if (field.SequenceEqual("procs_blocked"u8)) return "node_procs_blocked"u8;
        return field.SequenceEqual("procs_running"u8) ? "node_procs_running"u8 : default;
    }
}
