namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>
/// Time that passes twenty times as fast: pauses behind failures are over soon, and what happens between a real server and its client need not be stepped through. No test
/// depends on how fast it is.
/// </summary>
internal sealed class QuickTime : TimeProvider
{
    private const int Factor = 20;

    private readonly DateTimeOffset _start = System.GetUtcNow();
    private readonly long _began = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => (System.GetTimestamp() - _began) * Factor;

    public override DateTimeOffset GetUtcNow() => _start + GetElapsedTime(0);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new QuickTimer(System.CreateTimer(callback, state, Quick(dueTime), Quick(period)));

    private static TimeSpan Quick(TimeSpan time) => time > TimeSpan.Zero ? time / Factor : time;

    private sealed class QuickTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Quick(dueTime), Quick(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
