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

    /// <summary>Set on a source's arrow: what the label stages dropped is counted where the batch enters.</summary>
    public bool IsEntry { get; init; }

    /// <summary>The pipeline that the arrow is part of.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>Who watches what passes.</summary>
    public LiveTaps Taps { get; init; } = new();

    /// <summary>Ends when batches may pass: what the stages before a reload still hold must reach the store first.</summary>
    public Task Opened { get; init; } = Task.CompletedTask;

    public bool TrySend(SampleBatch batch)
    {
        Taps.See(this, batch);
        var (samples, dropped) = (batch.Count, batch.Dropped);
        if (!Opened.IsCompleted || !block.Post(batch))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }
        Count(samples, dropped);
        return true;
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation)
    {
        Taps.See(this, batch);
        var (samples, dropped) = (batch.Count, batch.Dropped);
        if (!Opened.IsCompleted || !block.Post(batch)) return SendSlowAsync(batch, samples, dropped, cancellation);
        Count(samples, dropped);
        return new(true);
    }

    /// <summary>Counts what the box in front has dropped from a batch.</summary>
    public void CountDrops(in CommitResult after, in CommitResult before)
    {
        for (int reason = 0; reason < _drops.Length; reason++)
        {
            int count = after.RejectedBy((RejectReason)reason) - before.RejectedBy((RejectReason)reason);
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
        RejectReason.Invalid => "invalid",
    };

    private async ValueTask<bool> SendSlowAsync(SampleBatch batch, int samples, CommitResult dropped, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        await Opened.WaitAsync(cancellation).ConfigureAwait(false);
        bool taken = await block.SendAsync(batch, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _blockedTicks, time.GetElapsedTime(began).Ticks);
        if (taken) Count(samples, dropped);
        return taken;
    }

    private void Count(int samples, in CommitResult dropped)
    {
        if (IsEntry) CountDrops(dropped, default);
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _samples, samples);
    }
}
