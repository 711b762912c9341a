using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// What receivers (remote write, push) share: the target and the router behind volatile fields, so that a reload switches between two requests, and a
/// refusal of requests while stopped.
/// </summary>
internal abstract class ReceiverSource(string kind, string name, SeriesRouter router) : ISource
{
    private volatile IBatchTarget? _target;
    private volatile SeriesRouter _router = router;

    public string Kind { get; } = kind;

    public string Name { get; } = name;

    /// <summary>Label stages and head behind this source; a reload that changes label stages puts another one here.</summary>
    public SeriesRouter Router
    {
        get => _router;
        set => _router = value;
    }

    public virtual void Start(IBatchTarget target) => _target = target;

    public void SwitchTo(IBatchTarget target) => _target = target;

    public virtual Task StopAsync()
    {
        _target = null;
        return Task.CompletedTask;
    }

    /// <summary>Hands over a batch if there is room; without it the batch is released. For sources that keep the order of their batches under a lock.</summary>
    protected bool TryHandOver(SampleBatch batch)
    {
        if (_target is { } target && target.TrySend(batch)) return true;
        batch.Release();
        return false;
    }

    /// <summary>Hands over a batch and waits for what became of it; null when the graph has no room (the batch is released).</summary>
    protected async Task<CommitResult?> DeliverAsync(SampleBatch batch)
    {
        var completion = batch.Completion;
        return TryHandOver(batch) ? await completion.ConfigureAwait(false) : null;
    }

    /// <summary>
    /// The answer to a request of which not everything was stored, or null. <paramref name="problem"/> is what was wrong with the request itself. A sender drops
    /// what gets 400 and repeats what gets 5xx: only what another try can cure is a 5xx.
    /// </summary>
    protected static IngestAnswer? Refusal(in CommitResult result, string? problem)
    {
        if (result.RejectedBy(RejectReason.Storage) > 0) return IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written");
        if (result.RejectedBy(RejectReason.StaleHandle) > 0) return IngestAnswer.Busy("series left the head while they were written");
        if (problem is not null) return IngestAnswer.Bad(problem);
        if (result.FirstError is { } first) return IngestAnswer.Bad($"{first.Message} ({first.Labels} at {first.TimestampMs})");
        if (result.RejectedBy(RejectReason.OutOfOrder) > 0) return IngestAnswer.Bad($"{result.RejectedBy(RejectReason.OutOfOrder)} samples out of order");
        if (result.RejectedBy(RejectReason.OutOfBounds) > 0) return IngestAnswer.Bad($"{result.RejectedBy(RejectReason.OutOfBounds)} samples out of bounds: more than 10 minutes ahead or older than the head takes");
        return result.RejectedBy(RejectReason.Limit) > 0 ? IngestAnswer.Bad($"{result.RejectedBy(RejectReason.Limit)} samples refused by a series limit") : null;
    }
}
