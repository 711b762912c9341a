using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// Where a source or a stage hands its batches: the bounded input of the next box. Taking a batch passes ownership; a refused batch stays the caller's.
/// </summary>
internal interface IBatchTarget
{
    /// <summary>Waits for room, then takes the batch. False when the target has ended: the caller completes and releases the batch itself.</summary>
    ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation);

    /// <summary>Takes the batch if there is room now; false leaves it with the caller (a push answers 429/503, a scrape is skipped and counted).</summary>
    bool TrySend(SampleBatch batch);
}
