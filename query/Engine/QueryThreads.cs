namespace Streamline.Query.Engine;

/// <summary>
/// The threads that queries run on: a long query holds none of the pool's, where requests are answered, scrapes read and pushes taken; the kernel gives these the
/// processor first (<see cref="QueryPlace"/>). While rules want the processor (<see cref="Yields"/>), queries leave one core alone:
/// those above that wait between two batches of series. Who waits loses at most <see cref="LongestWait"/> at a time, so rules that never rest slow queries down and do not stop them.
/// </summary>
internal sealed class QueryThreads : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    private readonly int _cores;
    // One thread that never runs a query: what makes other threads, here or in the pool, is done on it for those that have stepped behind.
    private readonly QueryCrew _desk = new(1, isBehind: false);
    private readonly QueryCrew _crew;
    // Helps those that have stepped behind.
    private readonly QueryCrew _behind;
    // Monitor's own: threads wait on it between batches.
    private readonly object _way = new();
    private int _running, _waiting;
    private volatile bool _yields;

    /// <param name="most">Threads at most: queries at a time and one helper for each core.</param>
    /// <param name="cores">Cores of the machine.</param>
    public QueryThreads(int most, int cores)
    {
        (_cores, _crew, _behind) = (cores, new(most, isBehind: false, _desk), new(cores, isBehind: true));
        _desk.TryAdd(() => { });
    }

    /// <summary>Whether rules have work and queries leave a core to them.</summary>
    public bool Yields
    {
        get => _yields;
        set
        {
            if (_yields == value) return;
            _yields = value;
            if (value) return;
            lock (_way) Monitor.PulseAll(_way);
        }
    }

    /// <summary>Runs on a thread of its own as soon as there is one.</summary>
    public Task<T> Run<T>(Func<T> work)
    {
        // The awaiting side goes on elsewhere: what follows a query, writing its answer, is not this thread's.
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = _crew.TryAdd(() =>
        {
            Enter();
            try
            {
                T result = work();
                Tell(() => done.SetResult(result));
            }
            catch (Exception failure)
            {
                Tell(() => done.SetException(failure));
            }
            finally
            {
                Leave();
            }
        });
        ObjectDisposedException.ThrowIf(!taken, this);
        return done.Task;
    }

    /// <summary>Helps with a query if a core is free for it; may come late, or never.</summary>
    public void Help(IThreadPoolWorkItem item)
    {
        if (Volatile.Read(ref _running) < Allowed) (QueryPlace.IsBehind ? _behind : _crew).TryAdd(item.Execute);
    }

    /// <summary>A query or a helper is at work from now on.</summary>
    public void Enter()
    {
        QueryPlace.Begin();
        Interlocked.Increment(ref _running);
    }

    /// <summary>It is not any more. Before anybody learns of its end: the next batch may want the same core.</summary>
    public void Leave()
    {
        QueryPlace.End();
        Interlocked.Decrement(ref _running);
    }

    /// <summary>Between two batches: waits if there are more at work than rules leave room for.</summary>
    public void GiveWay()
    {
        QueryPlace.Review();
        if (_yields) Wait();
    }

    /// <summary>Lets threads end when they have nothing to do.</summary>
    public void Dispose()
    {
        _crew.Dispose();
        _behind.Dispose();
        _desk.Dispose();
    }

    // The pool may make a thread for what follows.
    private void Tell(Action end)
    {
        if (!QueryPlace.IsBehind || !_desk.TryAdd(end)) end();
    }

    private int Allowed => _yields ? Math.Max(1, _cores - 1) : _cores;

    private void Wait()
    {
        lock (_way)
        {
            if (!_yields || _running - _waiting <= Allowed) return;
            _waiting++;
            Monitor.Wait(_way, LongestWait);
            _waiting--;
        }
    }
}
