using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>Source edge -> stage -> appender, on the real blocks.</summary>
public sealed class EdgeTests : IAsyncDisposable
{
    private readonly StoreBench _bench = new();
    private readonly GateStage _gate = new();
    private readonly AppendNode _append;
    private readonly Edge _inner;
    private readonly StageNode _stage;
    private readonly Edge _entry;
    private readonly long _now;

    public EdgeTests()
    {
        _now = _bench.NowMs;
        _append = new AppendNode(_bench.Store, NullLogger.Instance);
        _inner = new Edge("stage", "append", _append.Input, () => _append.Queued, AppendNode.Capacity, _bench.Clock);
        _stage = new StageNode(_gate, _inner, NullLogger.Instance);
        _entry = new Edge("source", "stage", _stage.Input, () => _stage.Queued, StageNode.Capacity, _bench.Clock) { IsEntry = true };
    }

    public async ValueTask DisposeAsync()
    {
        _gate.Open();
        await _stage.DrainAsync(goesOn: false);
        await _append.DisposeAsync();
        _bench.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task Batches_AreCountedOnEveryEdge_AndAnsweredByTheCommit()
    {
        var first = Send(Batch("a", 1, 2, 3));
        var second = Send(Batch("b", 1, 2));
        Assert.Equal(3, (await first).Accepted);
        Assert.Equal(2, (await second).Accepted);
        Assert.Equal((2, 5), (_entry.Status().Batches, _entry.Status().Samples));
        Assert.Equal((2, 5), (_inner.Status().Batches, _inner.Status().Samples));
        Assert.Equal((2, 5, 0), (_append.Batches, _append.Accepted, _append.Rejected));
        Assert.Equal("source->stage", _entry.Status().Id);
        Assert.Empty(_entry.Status().Dropped);
        Assert.Equal(["a 1 2 3", "b 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task Drops_AreCountedWhereTheyHappen()
    {
        _gate.Work = batch => batch.Keep([true, false, false], RejectReason.Dropped);
        var batch = Batch("a", 1, 2, 3);
        batch.Drop(RejectReason.Limit, 4);
        var result = await Send(batch);
        Assert.Equal((1, 4, 2), (result.Accepted, result.RejectedBy(RejectReason.Limit), result.RejectedBy(RejectReason.Dropped)));
        Assert.Equal(new Dictionary<string, long> { ["limit"] = 4 }, _entry.Status().Dropped);
        Assert.Equal(new Dictionary<string, long> { ["dropped"] = 2 }, _inner.Status().Dropped);
        Assert.Equal(1, _inner.Status().Samples);
    }

    [Fact]
    public async Task FullQueue_RefusesAPush_AndLeavesTheBatchWithItsOwner()
    {
        _gate.Shut();
        var taken = new List<Task<CommitResult>>();
        for (int i = 0; i < StageNode.Capacity; i++) taken.Add(Send(Batch("a", i)));
        var refused = Batch("b", 1);
        Assert.False(_entry.TrySend(refused));
        Assert.Equal(1, refused.Count);
        Assert.False(refused.Completion.IsCompleted);
        refused.Release();
        Assert.Equal(new Dictionary<string, long> { ["queue_full"] = 1 }, _entry.Status().Dropped);
        Assert.Equal(StageNode.Capacity, _entry.Status().Batches);
        _gate.Open();
        Assert.All(await Task.WhenAll(taken), r => Assert.Equal(0, r.RejectedBy(RejectReason.Storage)));
    }

    [Fact]
    public async Task WaitingSource_IsBlocked_AndItsTimeCounted()
    {
        _gate.Shut();
        for (int i = 0; i < StageNode.Capacity; i++) _ = Send(Batch("a", i));
        var last = Batch("b", 1);
        var completion = last.Completion;
        var waiting = _entry.SendAsync(last, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(3));
        _gate.Open();
        Assert.True(await waiting);
        Assert.Equal(1, (await completion).Accepted);
        Assert.Equal(3, _entry.Status().BlockedSeconds);
        Assert.Equal(StageNode.Capacity + 1, _entry.Status().Batches);
    }

    [Fact]
    public async Task CancelledWait_TakesNothing()
    {
        _gate.Shut();
        for (int i = 0; i < StageNode.Capacity; i++) _ = Send(Batch("a", i));
        using var cancel = new CancellationTokenSource();
        var waiting = _entry.SendAsync(Batch("b", 1), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(StageNode.Capacity, _entry.Status().Batches);
    }

    [Fact]
    public async Task StageThatThrows_PassesTheBatchOn()
    {
        _gate.Work = _ => throw new InvalidOperationException("broken");
        Assert.Equal(1, (await Send(Batch("a", 1))).Accepted);
        _gate.Work = _ => { };
        Assert.Equal(1, (await Send(Batch("b", 1))).Accepted);
        Assert.Equal(["a 1", "b 1"], _bench.Samples());
    }

    [Fact]
    public async Task Drain_SendsOnWhatWaits_ThenWhatTheStageHolds_ThenTakesNoMore()
    {
        _gate.Shut();
        var waiting = Enumerable.Range(0, 5).Select(i => Send(Batch($"w{i}", i))).ToList();
        _gate.Rest = Batch("rest", 7);
        var rest = _gate.Rest.Completion;
        var drained = _stage.DrainAsync(goesOn: false);
        Assert.False(drained.IsCompleted);
        Assert.False(_entry.TrySend(Batch("late", 1)));
        Assert.False(await _entry.SendAsync(Batch("late", 1), CancellationToken.None));
        _gate.Open();
        await drained;
        await Task.WhenAll(waiting);
        Assert.Equal(1, (await rest).Accepted);
        _gate.Rest = null;
        Assert.Equal(["rest 7", "w0 0", "w1 1", "w2 2", "w3 3", "w4 4"], _bench.Samples());
    }

    [Fact]
    public async Task BatchBehindAClosedAppender_IsRefused_NotLostSilently()
    {
        var append = new AppendNode(_bench.Store, NullLogger.Instance);
        var stage = new StageNode(_gate, new Edge("stage", "append", append.Input, () => 0, AppendNode.Capacity, _bench.Clock), NullLogger.Instance);
        await append.DisposeAsync();
        var batch = Batch("a", 1);
        var completion = batch.Completion;
        Assert.True(new Edge("source", "stage", stage.Input, () => 0, StageNode.Capacity, _bench.Clock).TrySend(batch));
        var result = await completion;
        await stage.DrainAsync(goesOn: false);
        Assert.Equal((0, 1), (result.Accepted, result.RejectedBy(RejectReason.Storage)));
    }

    [Fact]
    public async Task Observers_SeeTheBatchBeforeTheSenderIsAnswered_AndMayFail()
    {
        var seen = new List<string>();
        _append.Observe(_ => throw new InvalidOperationException("broken"));
        var batch = Batch("a", 1, 2);
        var completion = batch.Completion;
        _append.Observe(b => seen.Add($"{b.Count} {completion.IsCompleted}"));
        Assert.True(_entry.TrySend(batch));
        Assert.Equal(2, (await completion).Accepted);
        Assert.Equal(["2 False"], seen);
    }

    private SampleBatch Batch(string name, params double[] values)
    {
        var batch = new SampleBatch("test");
        var handle = _bench.Store.Resolve(Labels.Of(("__name__", name)));
        for (int i = 0; i < values.Length; i++) batch.Add(handle, _now + i, values[i]);
        return batch;
    }

    private Task<CommitResult> Send(SampleBatch batch)
    {
        var completion = batch.Completion;
        Assert.True(_entry.TrySend(batch));
        return completion;
    }
}
