using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Boot time, forks, interrupts, context switches and process counts, from /proc/stat.</summary>
internal sealed class StatCollector(HostStatConfig config) : IHostCollector
{
    // First word of a line.
    private static readonly (byte[] Line, HostFamily Family)[] Lines =
    [
        ("btime"u8.ToArray(), HostFamily.Gauge("node_boot_time_seconds", "When the machine was started, seconds since 1970.")),
        ("ctxt"u8.ToArray(), HostFamily.Counter("node_context_switches_total", "Times that processors went from one task to another.")),
        ("processes"u8.ToArray(), HostFamily.Counter("node_forks_total", "Processes and threads started since boot.")),
        ("intr"u8.ToArray(), HostFamily.Counter("node_intr_total", "Interrupts of all kinds that the machine took.")),
        ("procs_blocked"u8.ToArray(), HostFamily.Gauge("node_procs_blocked", "Tasks that cannot go on before their I/O is done.")),
        ("procs_running"u8.ToArray(), HostFamily.Gauge("node_procs_running", "Tasks that run or could run at once.")),
    ];

    private static readonly HostFamily Softirqs = HostFamily.Counter("node_softirqs_total", "Soft interrupts handled, by vector.");

    // Columns of the line softirq behind the total.
    private static readonly byte[][] Vectors = [.. new[] { "hi", "timer", "net_tx", "net_rx", "block", "block_iopoll", "tasklet", "sched", "hrtimer", "rcu" }.Select(Encoding.ASCII.GetBytes)];

    public IEnumerable<HostFamily> Families => [.. Lines.Select(l => l.Family), .. config.Softirq ? new[] { Softirqs } : []];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("stat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var word = reader.Field();
            if (FamilyOf(word) is { } family) writer.Series(family).ValueIfThere(reader.Number());
            else if (config.Softirq && word.SequenceEqual("softirq"u8)) AddSoftirqs(ref reader, writer);
        }
        return true;
    }

    private static void AddSoftirqs(ref FieldReader reader, SeriesWriter writer)
    {
        reader.Skip(1);
        foreach (byte[] vector in Vectors)
        {
            double calls = reader.Number();
            if (!double.IsNaN(calls)) writer.Series(Softirqs).Label("vector"u8, vector).Value(calls);
        }
    }

    private static HostFamily? FamilyOf(ReadOnlySpan<byte> word)
    {
        foreach (var (line, family) in Lines)
        {
            if (word.SequenceEqual(line)) return family;
        }
        return null;
    }
}
