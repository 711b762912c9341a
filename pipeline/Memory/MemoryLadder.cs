using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Memory;

/// <summary>
/// Climbs as the process's memory nears <c>limits.memory</c> and steps down once it has fallen well below a rung. Looked at once a second; readers ask a
/// volatile field.
/// </summary>
internal sealed partial class MemoryLadder : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // A rung is left this far below its threshold, so that use that hovers about it does not switch things on and off.
    private const double StepDown = 0.05;

    private static readonly double[] Thresholds = [0, 0.75, 0.85, 0.92, 0.97];

    private readonly Func<long> _used;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private MemoryStatus _status = new(0, 0, MemoryRung.Calm);
    private long _limitBytes = long.MaxValue;

    public MemoryLadder(Func<long> used, TimeProvider time, Meter meter, ILogger logger)
    {
        (_used, _logger) = (used, logger);
        meter.CreateObservableGauge("streamline_memory_used_bytes", () => Status.UsedBytes, description: "Memory of the process that counts against limits.memory.");
        meter.CreateObservableGauge("streamline_memory_limit_bytes", () => Status.LimitBytes, description: "What limits.memory allows.");
        meter.CreateObservableGauge("streamline_memory_rung", () => (int)Rung,
            description: "What is given up for memory: 0 nothing, 1 compaction waits, 2 recording rules slow, 3 pushes refused, 4 scrapes skipped.");
        _timer = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public MemoryStatus Status => Volatile.Read(ref _status);

    public MemoryRung Rung => Status.Rung;

    /// <summary>Called when the rung changes, on the timer's thread.</summary>
    public Action<MemoryRung> Changed { get; init; } = _ => { };

    public void Limit(long bytes)
    {
        Interlocked.Exchange(ref _limitBytes, bytes);
        Look();
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long used = _used(), limit = Interlocked.Read(ref _limitBytes);
        var before = Rung;
        var rung = RungOf((double)used / limit, before);
        Volatile.Write(ref _status, new MemoryStatus(used, limit, rung));
        if (rung == before) return;
        if (rung > before) LogClimbed(rung, used >> 20, limit >> 20);
        else LogDescended(rung, used >> 20, limit >> 20);
        Changed(rung);
    }

    private static MemoryRung RungOf(double share, MemoryRung before)
    {
        int rung = Thresholds.Length - 1;
        while (rung > 0 && share < Thresholds[rung] - (rung <= (int)before ? StepDown : 0)) rung--;
        return (MemoryRung)rung;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "memory fills: {Rung} ({UsedMb} of {LimitMb} MB; limits.memory sets the limit)")]
    private partial void LogClimbed(MemoryRung rung, long usedMb, long limitMb);

    [LoggerMessage(Level = LogLevel.Information, Message = "memory has room again: {Rung} ({UsedMb} of {LimitMb} MB)")]
    private partial void LogDescended(MemoryRung rung, long usedMb, long limitMb);
}
