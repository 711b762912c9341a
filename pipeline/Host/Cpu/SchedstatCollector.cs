using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Cpu;

/// <summary>What the scheduler counts per processor, from /proc/schedstat (kernel Documentation/scheduler/sched-stats.rst). Nanoseconds there.</summary>
internal sealed class SchedstatCollector : IHostCollector
{
    private static readonly HostFamily Running = HostFamily.Counter("node_schedstat_running_seconds_total", "Time that tasks ran on the processor, seconds.");
    private static readonly HostFamily Waiting = HostFamily.Counter("node_schedstat_waiting_seconds_total", "Time that runnable tasks stood in the processor's queue, seconds.");
    private static readonly HostFamily Timeslices = HostFamily.Counter("node_schedstat_timeslices_total", "Turns that tasks were given on the processor.");

    public IEnumerable<HostFamily> Families => [Running, Waiting, Timeslices];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("schedstat", out var text)) return false;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var field = reader.Field();
            if (!field.StartsWith("cpu"u8)) continue;
            // Six counters of system calls and wake-ups stand before the times.
            reader.Skip(6);
            var (running, waiting, timeslices) = (reader.Number(), reader.Number(), reader.Number());
            if (double.IsNaN(timeslices)) continue;
            writer.Series(Running).Label("cpu"u8, field[3..]).Value(running / 1e9);
            writer.Series(Waiting).Label("cpu"u8, field[3..]).Value(waiting / 1e9);
            writer.Series(Timeslices).Label("cpu"u8, field[3..]).Value(timeslices);
        }
        return true;
    }
}
