using System.Collections.Concurrent;
using System.Threading.Channels;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>Virtual time that tells when somebody has begun to wait: a test moves on only after the loop under test has gone to sleep.</summary>
internal sealed class SteppedTime(ManualTimeProvider clock) : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<bool> _armed = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentDictionary<TimeSpan, bool> _dues = new();
    private readonly Signal _set = new();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(true);
        _dues[dueTime] = true;
        _set.Pulse();
        return timer;
    }

    /// <summary>Ends when a timer has been set since the last call.</summary>
    public async Task ArmedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _armed.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Ends when a timer of that time has been set: for a loop among many whose interval nobody else has.</summary>
    public Task ArmedForAsync(TimeSpan due) => _set.UntilAsync(() => _dues.ContainsKey(due));

    /// <summary>Moves the clock and waits until the loop sleeps again.</summary>
    public async Task StepAsync(TimeSpan by)
    {
        clock.Advance(by);
        await ArmedAsync();
    }
}
