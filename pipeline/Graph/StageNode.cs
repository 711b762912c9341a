using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>Arithmetic on a batch between a source and the appender: it may drop samples or add some; it never waits.</summary>
internal interface IBatchStage
{
    string Kind { get; }

    string Name { get; }

    IReadOnlyDictionary<string, string> Details { get; }

    /// <summary>Works on the batch in place.</summary>
    void Process(SampleBatch batch);

    /// <summary>Called once behind the last batch: what the stage still holds, or null.</summary>
    SampleBatch? Flush();
}

/// <summary>A stage as a box of the graph: a bounded dataflow block that works on a batch and sends it on.</summary>
internal sealed partial class StageNode
{
    // Stages are quick; a few batches of slack are enough to keep both neighbours busy.
    public const int Capacity = 8;

    private readonly IBatchStage _stage;
    private readonly Edge _next;
    private readonly ILogger _logger;
    private readonly ActionBlock<SampleBatch> _block;

    public StageNode(IBatchStage stage, Edge next, ILogger logger)
    {
        _stage = stage;
        _next = next;
        _logger = logger;
        _block = new ActionBlock<SampleBatch>(ProcessAsync, new ExecutionDataflowBlockOptions { BoundedCapacity = Capacity });
    }

    public ITargetBlock<SampleBatch> Input => _block;

    public int Queued => _block.InputCount;

    /// <summary>Takes no more batches, sends on what waits, then what the stage itself still holds.</summary>
    public async Task DrainAsync()
    {
        _block.Complete();
        await _block.Completion.ConfigureAwait(false);
        if (_stage.Flush() is { } rest) await SendAsync(rest).ConfigureAwait(false);
    }

    private async Task ProcessAsync(SampleBatch batch)
    {
        var before = batch.Dropped;
        try
        {
            _stage.Process(batch);
        }
        catch (Exception error)
        {
            LogStageFailed(error, _stage.Kind, _stage.Name, batch.Source);
        }
        _next.CountDrops(batch.Dropped, before);
        await SendAsync(batch).ConfigureAwait(false);
    }

    private async Task SendAsync(SampleBatch batch)
    {
        if (await _next.SendAsync(batch, CancellationToken.None).ConfigureAwait(false)) return;
        var result = batch.Dropped;
        result.Reject(RejectReason.Storage, batch.Count);
        batch.Complete(result);
        batch.Release();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "stage {Kind} {Name} failed on a batch from {Source}; the batch goes on as it is")]
    private partial void LogStageFailed(Exception error, string kind, string name, string source);
}
