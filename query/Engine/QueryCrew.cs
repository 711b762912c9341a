namespace Streamline.Query.Engine;

/// <summary>
/// Threads that take work from one queue, made when they are needed and kept. One that has stepped behind the others does not come back: its place is given up, and because
/// a thread begins at the place of the one that makes it, <paramref name="makers"/> make the next one.
/// </summary>
internal sealed class QueryCrew(int most, bool isBehind, QueryCrew? makers = null) : IDisposable
{
    private readonly Queue<Action> _work = new();
    // Monitor's own: threads wait on it for work.
    private readonly object _gate = new();
    private int _threads, _idle;
    private bool _ended;

    /// <summary>Runs as soon as there is a thread; false at the end.</summary>
    public bool TryAdd(Action work)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _work.Enqueue(work);
            if (_idle >= _work.Count || _threads == most) Monitor.Pulse(_gate);
            else if (isBehind || !QueryPlace.IsBehind || makers?.TryAdd(Replace) != true) Start();
            return true;
        }
    }

    /// <summary>Lets threads end when they have nothing to do.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Start()
    {
        _threads++;
        new Thread(Loop) { IsBackground = true, Name = "query" }.Start();
    }

    private void Loop()
    {
        if (isBehind) QueryPlace.StepBehind();
        while (Take() is { } work)
        {
            work();
            if (QueryPlace.IsBehind != isBehind) break;
        }
        lock (_gate) _threads--;
        makers?.TryAdd(Replace);
    }

    private void Replace()
    {
        lock (_gate)
        {
            if (_work.Count > _idle && _threads < most) Start();
        }
    }

    private Action? Take()
    {
        lock (_gate)
        {
            _idle++;
            while (_work.Count == 0 && !_ended) Monitor.Wait(_gate);
            _idle--;
            return _work.TryDequeue(out Action? work) ? work : null;
        }
    }
}
