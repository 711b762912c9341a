using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>Where a source sends that a reload took away: its markers come later than the reload, and than the end of the chain it had. The way is looked for when they come.</summary>
internal sealed class LateTarget(Func<IBatchTarget> find) : IBatchTarget
{
    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation) => find().SendAsync(batch, cancellation);

    public bool TrySend(SampleBatch batch) => find().TrySend(batch);
}
