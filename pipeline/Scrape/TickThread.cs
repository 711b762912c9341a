namespace Streamline.Pipeline.Scrape;

/// <summary>
/// A timer that wakes one thread a tick and runs the callback on it. The runtime's timer wakes its own thread twice a tick (it fires, it is armed again) and a pool thread
/// besides: 30 wake-ups a second of 250 at forty scrapes a second.
/// </summary>
internal sealed class TickThread : ITimer
{
    // An object, not a Lock: Monitor can wait on it.
    private readonly object _gate = new();
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly Thread _thread;

    // Environment.TickCount64 of the next tick; the clock of the wall may jump.
    private long _dueAt = long.MaxValue;
    private bool _ended;

    public TickThread(string name, TimerCallback callback, object? state)
    {
        (_callback, _state) = (callback, state);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Arms it for one tick; a period is not supported.</summary>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(period, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _dueAt = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)dueTime.TotalMilliseconds;
            if (Thread.CurrentThread != _thread) Monitor.Pulse(_gate);
            return !_ended;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (WaitForTick()) _callback(_state);
    }

    private bool WaitForTick()
    {
        lock (_gate)
        {
            while (!_ended)
            {
                long left = _dueAt - Environment.TickCount64;
                if (left <= 0)
                {
                    _dueAt = long.MaxValue;
                    return true;
                }
                Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
            }
            return false;
        }
    }
}
