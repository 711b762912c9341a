using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// The box where every pipeline ends: commits one batch at a time on its own thread, completes the batch, then shows it to those who follow the commit
/// (live rules first). An observer must be quick and must retain the batch if it keeps it.
/// </summary>
internal sealed partial class AppendNode : IAsyncDisposable
{
    // 64 batches are about a second of 40 scrapes: enough to ride out a fsync, small enough that a full queue reaches the sources soon.
    public const int Capacity = 64;

    // A small batch fits where a large one does not: on a full disk the two take turns.
    private const int TakenAgain = 64;

    private readonly Tsdb _store;
    private readonly ILogger _logger;
    private readonly StartZeroes? _startZeroes;
    private readonly DedicatedThreadScheduler _scheduler = new("append");
    private readonly ActionBlock<SampleBatch> _block;
    private Action<SampleBatch>[] _observers = [];
    private long _accepted;
    private long _rejected;
    private long _batches;

    // Append thread only. Batches still to be taken before storage counts as good after a refusal; 0 while it is good.
    private int _takenAgain;

    public AppendNode(Tsdb store, ILogger logger, bool startZeroes = false)
    {
        _startZeroes = startZeroes ? new StartZeroes(store) : null;
        _store = store;
        _logger = logger;
        _block = new ActionBlock<SampleBatch>(Append, new ExecutionDataflowBlockOptions
        {
            BoundedCapacity = Capacity,
            TaskScheduler = _scheduler,
            SingleProducerConstrained = false,
        });
    }

    public ITargetBlock<SampleBatch> Input => _block;

    public int Queued => _block.InputCount;

    public long Batches => Interlocked.Read(ref _batches);

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Adds a follower of the commit; called on the append thread, in the order of subscription.</summary>
    public void Observe(Action<SampleBatch> observer) => _observers = [.. _observers, observer];

    /// <summary>Takes no more batches, commits what waits, ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _block.Complete();
        await _block.Completion.ConfigureAwait(false);
        _scheduler.Dispose();
    }

    private void Append(SampleBatch batch)
    {
        CommitResult result;
        try
        {
            result = _startZeroes?.Widen(batch) is { } wide ? CommitWide(batch, wide) : _store.Commit(batch);
        }
        catch (Exception error)
        {
            LogCommitFailed(error, batch.Source, batch.Count);
            result = batch.Dropped;
            result.Reject(RejectReason.Storage, batch.Count);
        }
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _accepted, result.Accepted);
        Interlocked.Add(ref _rejected, result.Rejected);
        NoteStorage(result);
        Show(batch);
        batch.Complete(result);
        batch.Release();
    }

    // The zeroes are nobody's samples: the source is told of its own.
    private CommitResult CommitWide(SampleBatch batch, SampleBatch wide)
    {
        foreach (var reason in Enum.GetValues<RejectReason>()) wide.Drop(reason, batch.Dropped.RejectedBy(reason));
        var result = _store.Commit(wide);
        if (result.RejectedBy(RejectReason.Storage) > 0)
        {
            result.Reject(RejectReason.Storage, batch.Count - wide.Count);
        }
        else
        {
            result.Accepted -= wide.Count - batch.Count;
            result.AcceptedHistograms -= _startZeroes!.Histograms;
        }
        wide.Release();
        return result;
    }

    // Told when the disk begins to refuse and when it takes again, not for each batch between.
    private void NoteStorage(in CommitResult result)
    {
        if (result.RejectedBy(RejectReason.Storage) > 0)
        {
            if (_takenAgain == 0) LogRefusing(result.FirstError?.Message ?? "the commit failed");
            _takenAgain = TakenAgain;
        }
        else if (_takenAgain > 0 && result.Accepted > 0 && --_takenAgain == 0)
        {
            LogTaking();
        }
    }

    // Before the sender is answered: what it sent is already marked for the rules when it reads its answer.
    private void Show(SampleBatch batch)
    {
        foreach (var observer in Volatile.Read(ref _observers))
        {
            try
            {
                observer(batch);
            }
            catch (Exception error)
            {
                LogObserverFailed(error, batch.Source);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "commit of a batch from {Source} with {Samples} samples failed")]
    private partial void LogCommitFailed(Exception error, string source, int samples);

    [LoggerMessage(Level = LogLevel.Error, Message = "storage cannot be written, samples are refused: {Reason}")]
    private partial void LogRefusing(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "storage can be written again")]
    private partial void LogTaking();

    [LoggerMessage(Level = LogLevel.Error, Message = "a follower of the commit failed on a batch from {Source}")]
    private partial void LogObserverFailed(Exception error, string source);
}
