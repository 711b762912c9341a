using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>Stall times of processor, memory, I/O and interrupts, from /proc/pressure (kernel Documentation/accounting/psi.rst). Totals are microseconds there.</summary>
internal sealed class PressureCollector : IHostCollector
{
    // File, and the families of its lines "some" and "full"; the processor's "full" line is always zero for the whole machine, and interrupts have no other.
    private static readonly (string File, HostFamily? Some, HostFamily? Full)[] Resources =
    [
        ("pressure/cpu", Counter("cpu_waiting", "Time in which at least one task waited for a processor, seconds."), null),
        ("pressure/io", Counter("io_waiting", "Time in which at least one task waited for I/O, seconds."), Counter("io_stalled", "Time in which every task that was not idle waited for I/O, seconds.")),
        ("pressure/memory", Counter("memory_waiting", "Time in which at least one task waited for memory, seconds."), Counter("memory_stalled", "Time in which every task that was not idle waited for memory, seconds.")),
        ("pressure/irq", null, Counter("irq_stalled", "Time in which interrupts kept every task from running, seconds.")),
    ];

    public IEnumerable<HostFamily> Families => Resources.SelectMany(r => new[] { r.Some, r.Full }).OfType<HostFamily>();

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
                var kind = reader.Field();
                var family = kind.SequenceEqual("some"u8) ? some : kind.SequenceEqual("full"u8) ? full : null;
                if (family is null) continue;
                _ = reader.Until("="u8);
                double micros = Total(ref reader);
                if (!double.IsNaN(micros)) writer.Series(family).Value(micros / 1000 / 1000);
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
            if (field.SequenceEqual("total"u8)) return FieldReader.Parse(reader.Line);
        }
    }

    private static HostFamily Counter(string name, string help) => HostFamily.Counter($"node_pressure_{name}_seconds_total", help);
}
