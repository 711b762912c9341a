using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Streamline.Query.Engine;

namespace Streamline.Query.Operators;

/// <summary>Work on one series of a batch, safe beside the work of other lanes.</summary>
internal interface ISeriesWork
{
    /// <summary>Does one series. A lane is one thread at a time and has buffers of its own.</summary>
    void Work(int item, int lane);
}

/// <summary>
/// A batch of series worked on by the caller and one more core. Series keep their places, so the result does not depend on who did what. Each lane has its
/// half, in order, because neighbours lie side by side on disk and are read together; who is done first goes on in the other's half. The helper is a
/// guest: where no core is free for it the caller does all, and waits only for a share that the helper has begun.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The event makes no kernel handle, and the helper may still be inside Set when the caller goes on.")]
internal sealed class SeriesLanes : IThreadPoolWorkItem
{
    /// <summary>Lanes of a batch: the caller's, 0, and the helper's.</summary>
    public const int Count = 2;

    // Series taken at a time: few enough for an even end.
    private const int Share = 2;

    // Samples of a batch, some 100 us of work: waking a thread costs a tenth of that.
    private const long WorthSharing = 20_000;

    private const int Waiting = 0, Running = 1, Closed = 2;

    private readonly ISeriesWork _work;
    private readonly int _items;
    private readonly QueryThreads _threads;
    private readonly ManualResetEventSlim _ended = new();
    // The next item of the caller's half and of the helper's.
    private int _front;
    private int _back;
    private int _helper;
    private ExceptionDispatchInfo? _failure;

    private SeriesLanes(ISeriesWork work, int items, QueryThreads threads) => (_work, _items, _back, _threads) = (work, items, items / 2, threads);

    /// <summary>Whether so much work is done sooner by two.</summary>
    public static bool AreWorth(int series, long samplesEach) => series > 1 && series * samplesEach >= WorthSharing;

    /// <summary>Does all items; a failure of either lane is thrown here.</summary>
    public static void Run(ISeriesWork work, int items, QueryThreads threads)
    {
        var lanes = new SeriesLanes(work, items, threads);
        threads.Help(lanes);
        try
        {
            lanes.Drain(0);
        }
        finally
        {
            Volatile.Write(ref lanes._front, items);
            Volatile.Write(ref lanes._back, items);
            if (Interlocked.CompareExchange(ref lanes._helper, Closed, Waiting) == Running) lanes._ended.Wait();
        }
        lanes._failure?.Throw();
    }

    /// <summary>The helper's part.</summary>
    public void Execute()
    {
        if (Interlocked.CompareExchange(ref _helper, Running, Waiting) != Waiting) return;
        _threads.Enter();
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
            _threads.Leave();
            _ended.Set();
        }
    }

    private void Drain(int lane)
    {
        int middle = _items / 2;
        if (lane == 0) DrainHalf(lane, ref _front, middle);
        DrainHalf(lane, ref _back, _items);
        if (lane != 0) DrainHalf(lane, ref _front, middle);
    }

    private void DrainHalf(int lane, ref int next, int half)
    {
        while (true)
        {
            int end = Interlocked.Add(ref next, Share), from = end - Share;
            if (from >= half) return;
            _threads.GiveWay();
            for (int item = from; item < Math.Min(end, half); item++) _work.Work(item, lane);
        }
    }
}
