using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Streamline.Query.Operators;

/// <summary>Work on one series of a batch, safe beside the work of other lanes.</summary>
internal interface ISeriesWork
{
    /// <summary>Does one series. A lane is one thread at a time and has buffers of its own.</summary>
    void Work(int item, int lane);
}

/// <summary>
/// A batch of series worked on by the caller and one more core. Series keep their places, so the result does not depend on who did what. The helper is a
/// guest: where the pool has no thread for it the caller does all, and waits only for a share that the helper has begun.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The event makes no kernel handle, and the helper may still be inside Set when the caller goes on.")]
internal sealed class SeriesLanes : IThreadPoolWorkItem
{
    /// <summary>Lanes of a batch: the caller's, 0, and the helper's.</summary>
    public const int Count = 2;

    // Series taken at a time: few enough for an even end.
    private const int Share = 4;

    private const int Waiting = 0, Running = 1, Closed = 2;

    private readonly ISeriesWork _work;
    private readonly int _items;
    private readonly ManualResetEventSlim _ended = new();
    private int _next;
    private int _helper;
    private ExceptionDispatchInfo? _failure;

    private SeriesLanes(ISeriesWork work, int items) => (_work, _items) = (work, items);

    /// <summary>Does all items; a failure of either lane is thrown here.</summary>
    public static void Run(ISeriesWork work, int items)
    {
        var lanes = new SeriesLanes(work, items);
        ThreadPool.UnsafeQueueUserWorkItem(lanes, preferLocal: false);
        try
        {
            lanes.Drain(0);
        }
        finally
        {
            Volatile.Write(ref lanes._next, items);
            if (Interlocked.CompareExchange(ref lanes._helper, Closed, Waiting) == Running) lanes._ended.Wait();
        }
        lanes._failure?.Throw();
    }

    /// <summary>The helper's part.</summary>
    public void Execute()
    {
        if (Interlocked.CompareExchange(ref _helper, Running, Waiting) != Waiting) return;
        try
        {
            Drain(1);
        }
        catch (Exception failure)
        {
            // Thrown again on the query's own thread, which is where it belongs.
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _ended.Set();
        }
    }

    private void Drain(int lane)
    {
        while (true)
        {
            int end = Interlocked.Add(ref _next, Share), from = end - Share;
            if (from >= _items) return;
            for (int item = from; item < Math.Min(end, _items); item++) _work.Work(item, lane);
        }
    }
}
