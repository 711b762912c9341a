using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Stall times of processor, memory and I/O, from /proc/pressure (kernel Documentation/accounting/psi.rst). Totals are microseconds there.</summary>
internal sealed class PressureCollector : IHostCollector
{
    // File, and the families of its lines "some" and "full"; the processor's "full" line is always zero for the whole machine.
    private static readonly (string File, byte[] Some, byte[]? Full)[] Resources =
    [
        ("pressure/cpu", "node_pressure_cpu_waiting_seconds_total"u8.ToArray(), null),
        ("pressure/io", "node_pressure_io_waiting_seconds_total"u8.ToArray(), "node_pressure_io_stalled_seconds_total"u8.ToArray()),
        ("pressure/memory", "node_pressure_memory_waiting_seconds_total"u8.ToArray(), "node_pressure_memory_stalled_seconds_total"u8.ToArray()),
    ];

    public string Name => "pressure";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        .. Resources.Select(r => new HostFamily(Encoding.ASCII.GetString(r.Some), "counter", "Time in which a process waited for the resource, seconds.")),
        .. Resources.Where(r => r.Full is not null).Select(r => new HostFamily(Encoding.ASCII.GetString(r.Full!), "counter", "Time in which every process waited for the resource, seconds.")),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        bool any = false;
        foreach (var (file, some, full) in Resources)
        {
            if (!files.TryProc(file, out var text)) continue;
            any = true;
            var reader = new FieldReader(text);
            while (reader.NextLine())
            {
                byte[]? name = reader.Field().SequenceEqual("some"u8) ? some : full;
                if (name is null) continue;
                _ = reader.Until("="u8);
                double micros = Total(ref reader);
                if (!double.IsNaN(micros)) writer.Series(name).Value(micros / 1e6);
            }
        }
        return any;
    }

    // avg10=0.00 avg60=0.00 avg300=0.00 total=N: the total is what stands behind the last equals sign.
    private static double Total(ref FieldReader reader)
    {
        while (true)
        {
            var field = reader.Until(" ="u8);
            if (field.IsEmpty) return double.NaN;
            if (field.SequenceEqual("total"u8)) return reader.Number();
        }
    }
}
