namespace Streamline.Pipeline.Alerting;

/// <summary>
/// A dedicated thread around a scheduler's core: runs it when woken or when it said it would have work. Alert latency must not wait for a pool thread.
/// </summary>
internal sealed class WorkerThread : IDisposable
{
    private const int LongestWaitMs = 10_000; // looks at the clock again this often, in case it was set
    private readonly AutoResetEvent _wake = new(false);
    private readonly Func<long> _runDue;
    private readonly Action<Exception> _fault;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Wraps a core whose every call does what is due and returns the time (ms since the epoch) of its next work.</summary>
    public WorkerThread(string name, TimeProvider time, Func<long> runDue, Action<Exception> fault)
    {
        (_time, _runDue, _fault) = (time, runDue, fault);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Makes the thread look for work; cheap, allocates nothing, any thread.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends the thread after the work in hand. The event is left to the collector: others may still wake a thread that has ended.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive) _thread.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            long waitMs = LongestWaitMs;
            try
            {
                long next = _runDue();
                waitMs = Math.Clamp(next - _time.GetUtcNow().ToUnixTimeMilliseconds(), 0, LongestWaitMs);
            }
            catch (Exception error)
            {
                // The edge of the loop: one faulty item must not end all alerting.
                _fault(error);
            }
            if (waitMs > 0 && !_stopping) _wake.WaitOne((int)waitMs);
        }
    }
}
