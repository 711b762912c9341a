using System.Text;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host;

/// <summary>Processor time per processor and mode, from /proc/stat (proc(5)). Ticks are hundredths of a second on every Linux that .NET runs on.</summary>
internal sealed class CpuCollector : IHostCollector
{
    private const double TicksPerSecond = 100;

    // Columns of a cpu line, in file order; the last two count guests by the mode they ran in.
    private static readonly byte[][] Modes = [.. new[] { "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal" }.Select(Encoding.ASCII.GetBytes)];

    public string Name => "cpu";

    public IReadOnlyList<HostFamily> Families { get; } =
    [
        new("node_cpu_seconds_total", "counter", "Processor time by mode, seconds."),
        new("node_cpu_guest_seconds_total", "counter", "Processor time given to virtual machines by mode, seconds."),
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("stat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var field = reader.Field();
            if (!field.StartsWith("cpu"u8) || field.Length == 3) continue;
            foreach (byte[] mode in Modes) Add(writer, "node_cpu_seconds_total"u8, field[3..], mode, reader.Number());
            Add(writer, "node_cpu_guest_seconds_total"u8, field[3..], Modes[0], reader.Number());
            Add(writer, "node_cpu_guest_seconds_total"u8, field[3..], Modes[1], reader.Number());
        }
        return true;
    }

    private static void Add(SeriesWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> cpu, ReadOnlySpan<byte> mode, double ticks)
    {
        if (!double.IsNaN(ticks)) writer.Series(name).Label("cpu"u8, cpu).Label("mode"u8, mode).Value(ticks / TicksPerSecond);
    }
}
