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

    /// <summary>Called once before the first batch: what the stage's journal owes the store, or null.</summary>
    SampleBatch? Begin();

    /// <summary>
    /// Called once behind the last batch: what the stage still holds, or null. With <paramref name="goesOn"/> another instance of the same identity and configuration
    /// takes up its state, now or after a restart.
    /// </summary>
    SampleBatch? Flush(bool goesOn);
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

    // The block's task only.
    private bool _begun;

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
    public async Task DrainAsync(bool goesOn)
    {
        _block.Complete();
        await _block.Completion.ConfigureAwait(false);
        if (!goesOn) await BeginAsync().ConfigureAwait(false);
        if (_stage.Flush(goesOn) is { } rest) await SendAsync(rest).ConfigureAwait(false);
    }

    // Behind the stages before a reload, which have drained when the first batch comes.
    private async ValueTask BeginAsync()
    {
        if (_begun) return;
        _begun = true;
        if (_stage.Begin() is { } owed) await SendAsync(owed).ConfigureAwait(false);
    }

    private async Task ProcessAsync(SampleBatch batch)
    {
        await BeginAsync().ConfigureAwait(false);
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
