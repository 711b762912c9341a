using System.Threading.Tasks.Dataflow;
using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// An arrow of the graph: hands batches to the bounded block behind it and keeps the figures that every edge has. Counters are written with
/// interlocked adds, once a batch.
/// </summary>
internal sealed class Edge(string from, string to, ITargetBlock<SampleBatch> block, Func<int> queued, int capacity, TimeProvider time) : IBatchTarget
{
    private readonly long[] _drops = new long[Enum.GetValues<RejectReason>().Length];
    private long _batches;
    private long _samples;
    private long _blockedTicks;
    private long _refused;

    public string From { get; } = from;

    public string To { get; } = to;

    public bool TrySend(SampleBatch batch)
    {
        int samples = batch.Count;
        if (!block.Post(batch))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
        Count(samples);
        return true;
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation)
    {
        int samples = batch.Count;
        if (!block.Post(batch)) return SendSlowAsync(batch, samples, cancellation);
        Count(samples);
        return new(true);
    }

    public void CountDrops(in CommitResult result)
    {
        for (int reason = 0; reason < _drops.Length; reason++)
        {
            int count = result.RejectedBy((RejectReason)reason);
            if (count > 0) Interlocked.Add(ref _drops[reason], count);
        }
    }

    public EdgeStatus Status()
    {
        var drops = new Dictionary<string, long>();
        for (int reason = 0; reason < _drops.Length; reason++)
        {
            long count = Interlocked.Read(ref _drops[reason]);
            if (count > 0) drops[ReasonName((RejectReason)reason)] = count;
        }
        long refused = Interlocked.Read(ref _refused);
        if (refused > 0) drops["queue_full"] = refused;
        return new($"{From}->{To}", From, To, Interlocked.Read(ref _batches), Interlocked.Read(ref _samples), queued(), capacity,
            (double)Interlocked.Read(ref _blockedTicks) / TimeSpan.TicksPerSecond, drops);
    }

    public static string ReasonName(RejectReason reason) => reason switch
    {
        RejectReason.OutOfOrder => "out_of_order",
        RejectReason.Duplicate => "duplicate",
        RejectReason.OutOfBounds => "out_of_bounds",
        RejectReason.TooOld => "too_old",
        RejectReason.StaleHandle => "stale_handle",
        RejectReason.Limit => "limit",
        RejectReason.Dropped => "dropped",
        RejectReason.Storage => "storage",
    };

    private async ValueTask<bool> SendSlowAsync(SampleBatch batch, int samples, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        bool taken = await block.SendAsync(batch, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _blockedTicks, time.GetElapsedTime(began).Ticks);
        if (taken) Count(samples);
        return taken;
    }

    private void Count(int samples)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _samples, samples);
    }
}
