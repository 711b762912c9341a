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
}
