namespace Streamline.Pipeline.Graph;

/// <summary>
/// Runs tasks one after the other on a thread of its own, so that the append stage never waits for a free pool thread while queries keep both cores
/// busy. The queue holds one entry per dataflow block that has work, so its length is bounded by the number of blocks it serves.
/// </summary>
internal sealed class DedicatedThreadScheduler : TaskScheduler, IDisposable
{
    // An object, not a Lock: Monitor can wait on it, and waits without spinning. BlockingCollection yields its core 30 times before it sleeps.
    private readonly object _gate = new();
    private readonly Queue<Task> _tasks = new();
    private bool _ended;
    private readonly Thread _thread;

    public DedicatedThreadScheduler(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Ends the thread after what is queued has run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _tasks.Enqueue(task);
            Monitor.Pulse(_gate);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => Thread.CurrentThread == _thread && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return _tasks.ToArray();
    }

    private void Run()
    {
        while (Next() is { } task) TryExecuteTask(task);
    }

    private Task? Next()
    {
        lock (_gate)
        {
            while (_tasks.Count == 0 && !_ended) Monitor.Wait(_gate);
            return _tasks.TryDequeue(out var task) ? task : null;
        }
    }
}
