using System.Buffers.Text;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>Processor time per processor and mode, from /proc/stat (proc(5)), and what /sys/devices/system/cpu tells. Ticks are hundredths of a second on every Linux that .NET runs on.</summary>
internal sealed class CpuCollector(HostCpuConfig config, bool hasFrequencies) : IHostCollector
{
    private const double TicksPerSecond = 100;

    private static readonly HostFamily Seconds = HostFamily.Counter("node_cpu_seconds_total", "Time each processor spent in each mode, seconds.");
    private static readonly HostFamily Guest = HostFamily.Counter("node_cpu_guest_seconds_total", "Time each processor spent running virtual machines, by the priority they ran at, seconds.");
    private static readonly HostFamily Online = HostFamily.Gauge("node_cpu_online", "1 for a processor that takes work, 0 for one taken offline.");
    private static readonly HostFamily Isolated = HostFamily.Gauge("node_cpu_isolated", "1 for each processor that the scheduler leaves to pinned tasks (isolcpus).");

    // Columns of a cpu line, in file order; behind them two count guests by the mode they ran in.
    private static readonly byte[][] Modes = [.. new[] { "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal" }.Select(Encoding.ASCII.GetBytes)];

    private readonly Dictionary<long, CpuTimes> _times = [];
    private readonly DeviceTable _cpus = new("devices/system/cpu", "cpu", ["online"]);
    private readonly CpuThrottles _throttles = new();
    private readonly CpuInfo? _info = config.HasInfo ? new CpuInfo(config, hasFrequencies) : null;
    private readonly Inventory<List<int>> _isolated = new(files => CpuRanges.Parse(files.SysString("devices/system/cpu/isolated") ?? ""));
    private uint _round;

    public IEnumerable<HostFamily> Families => [Seconds, Guest, Online, Isolated, .. CpuThrottles.Families, .. _info is null ? [] : CpuInfo.Families];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (_info?.Collect(files, writer) == false) return false;
        if (!files.TryProc("stat", out var text)) return false;
        _round++;
        AddTimes(text, writer);
        foreach (int cpu in _isolated.Of(files)) writer.Series(Isolated).Label("cpu"u8, cpu).Value(1);
        _throttles.Collect(files, writer);
        AddOnline(files, writer);
        return true;
    }

    private void AddTimes(ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        Span<double> ticks = stackalloc double[CpuTimes.Columns];
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var field = reader.Field();
            if (!field.StartsWith("cpu"u8) || !Utf8Parser.TryParse(field[3..], out int cpu, out int used) || used != field.Length - 3) continue;
            for (int i = 0; i < ticks.Length; i++) ticks[i] = reader.Number() / TicksPerSecond;
            var times = TimesOf(cpu);
            times.Advance(ticks, _round);
            for (int i = 0; i < Modes.Length; i++) Add(writer, Seconds, field[3..], Modes[i], times[i]);
            if (!config.Guest) continue;
            Add(writer, Guest, field[3..], Modes[0], times[Modes.Length]);
            Add(writer, Guest, field[3..], Modes[1], times[Modes.Length + 1]);
        }
    }

    private CpuTimes TimesOf(int cpu)
    {
        if (!_times.TryGetValue(cpu, out var times)) _times[cpu] = times = new CpuTimes();
        return times;
    }

    private static void Add(SeriesWriter writer, HostFamily family, ReadOnlySpan<byte> cpu, ReadOnlySpan<byte> mode, double seconds)
    {
        if (!double.IsNaN(seconds)) writer.Series(family).Label("cpu"u8, cpu).Label("mode"u8, mode).Value(seconds);
    }

    // Where the first processor cannot be taken offline, the kernel says of none whether it is.
    private void AddOnline(HostFiles files, SeriesWriter writer)
    {
        if (_cpus.List(files) is not { Length: > 0 } cpus || !files.TrySys(cpus[0][0], out _)) return;
        foreach (var cpu in cpus)
        {
            bool isOnline = files.TrySysText(cpu[0], out var state) && state.SequenceEqual("1"u8);
            writer.Series(Online).Label("cpu"u8, cpu.Number).Value(isOnline ? 1 : 0);
        }
    }
}
