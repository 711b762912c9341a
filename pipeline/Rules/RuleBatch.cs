using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>The samples of one evaluation on their way to the appender; a batch is rented only when there is a sample. Rule thread only.</summary>
internal sealed class RuleBatch(LiveRulesSetup setup)
{
    private SampleBatch? _batch;

    public int Count => _batch?.Count ?? 0;

    public void Add(OutputSet.Series series, long timestampMs, double value) => BatchFor(series).Add(series.Handle, timestampMs, value);

    public void Add(OutputSet.Series series, long timestampMs, NativeHistogram histogram) => BatchFor(series).Add(series.Handle, timestampMs, histogram);

    private SampleBatch BatchFor(OutputSet.Series series)
    {
        if (series.Handle.IsNone || !setup.IsLive(series.Handle)) series.Handle = setup.Resolve(series.Labels);
        return _batch ??= new SampleBatch("rules") { LateSamples = LateSamples.Refused };
    }

    /// <summary>Forgets what was added: a failed rule stores nothing.</summary>
    public void Discard()
    {
        _batch?.Release();
        _batch = null;
    }

    /// <summary>Hands the samples over and returns the task of their fate; null when there are none or the appender has ended.</summary>
    public Task<CommitResult>? Send(CancellationToken cancellation)
    {
        if (_batch is null) return null;
        SampleBatch batch = _batch;
        _batch = null;
        Task<CommitResult> completion = batch.Completion;
        bool taken;
        try
        {
            ValueTask<bool> sending = setup.Target.SendAsync(batch, cancellation);
            // A dedicated thread may wait: the appender never waits for the rules.
            taken = sending.IsCompleted ? sending.GetAwaiter().GetResult() : sending.AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            taken = false;
        }
        if (taken) return completion;
        batch.Complete(batch.Dropped);
        batch.Release();
        return null;
    }
}
