using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>A chain that takes another's place.</summary>
public sealed class ChainOrderTests : IAsyncDisposable
{
    private readonly StoreBench _bench = new();
    private readonly AppendNode _append;

    public ChainOrderTests() => _append = new AppendNode(_bench.Store, NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _append.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task HeldChain_TakesNothingUntilItOpens()
    {
        var chain = new PipelineChain("p", [], _bench.Store, _append, new LiveTaps(), _bench.Clock, NullLogger.Instance);
        chain.Hold();
        var entry = chain.Entry("source");
        var handle = _bench.Store.Resolve(Labels.Of(("__name__", "a")));
        var (refused, waits) = (Batch(handle, 1), Batch(handle, 2));
        Assert.False(entry.TrySend(refused));
        refused.Release();
        var completion = waits.Completion;
        var sent = entry.SendAsync(waits, TestContext.Current.CancellationToken);
        Assert.False(sent.IsCompleted);
        // What the chain before still holds comes first.
        var older = Batch(handle, 1);
        var olderCompletion = older.Completion;
        Assert.True(System.Threading.Tasks.Dataflow.DataflowBlock.Post(_append.Input, older));
        Assert.Equal(1, (await olderCompletion).Accepted);
        chain.Open();
        Assert.True(await sent);
        Assert.Equal(1, (await completion).Accepted);
        Assert.Equal(["a 1 2"], StoredText.Of(_bench.Store, "a"));
    }

    private SampleBatch Batch(SeriesHandle handle, double value)
    {
        var batch = new SampleBatch("test");
        batch.Add(handle, _bench.Clock.GetUtcNow().ToUnixTimeMilliseconds() + (long)value, value);
        return batch;
    }
}
