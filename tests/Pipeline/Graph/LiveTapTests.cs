using System.Threading.Tasks.Dataflow;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>The live tail: what it shows, what it never does (hold a batch up, keep one for ever).</summary>
public sealed class LiveTapTests : IDisposable
{
    private readonly StoreBench _bench = new();
    private readonly LiveTaps _taps = new();
    private readonly BufferBlock<SampleBatch> _behind = new();
    private readonly Edge _edge;

    public LiveTapTests() => _edge = new Edge("source", "append", _behind, () => 0, 8, _bench.Clock) { Taps = _taps, IsEntry = true, Pipeline = "p" };

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Window_HoldsWhatMatches_AndCounts()
    {
        using var tap = Tap(50, "a");
        var first = tap.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var window = first.MoveNextAsync();
        Send(("a", 2, 20), ("b", 1, 10), ("a", 1, 10));
        Assert.True(await NextAsync(window));
        Assert.Equal(["a 10@1", "a 20@2"], first.Current.Samples.Select(s => $"{s.Labels.Get("__name__")} {s.Value}@{s.TimestampMs}"));
        Assert.Equal((3, 2, 2, 0), (first.Current.Seen, first.Current.Matched, first.Current.Shown, first.Current.MissedBatches));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task MoreThanTheRate_IsAChoice_NotTheFirst()
    {
        using var tap = Tap(10);
        var windows = tap.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var window = windows.MoveNextAsync();
        Send([.. Enumerable.Range(0, 1000).Select(i => ("a", (long)i, (double)i))]);
        Assert.True(await NextAsync(window));
        Assert.Equal(2, windows.Current.Samples.Count);
        Assert.Contains(windows.Current.Samples, s => s.Value > 10);
        Assert.Equal((1000, 1000, 2), (windows.Current.Seen, windows.Current.Matched, windows.Current.Shown));
        await windows.DisposeAsync();
    }

    [Fact]
    public async Task SlowReader_MissesBatches_AndHoldsNothingUp()
    {
        using var tap = Tap(50);
        for (int i = 0; i < 40; i++) Send(("a", i, i));
        Assert.Equal(40, _behind.Count);
        var windows = tap.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await NextAsync(windows.MoveNextAsync()));
        Assert.Equal((32, 8), (windows.Current.Seen, windows.Current.MissedBatches));
        await windows.DisposeAsync();
    }

    [Fact]
    public void Batches_AreGivenBack_WhenTheTailEnds()
    {
        var tap = Tap(50);
        var batch = Send(("a", 1, 1));
        tap.Dispose();
        batch.Release();
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void NobodyWatching_CostsNothing()
    {
        var batch = Batch(("a", 1, 1));
        _taps.See(_edge, batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) _taps.See(_edge, batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Taps_AreBounded()
    {
        for (int i = 0; i < LiveTaps.MaxTaps; i++) Assert.True(_taps.TryAdd(New(1)));
        var one = New(1);
        Assert.False(_taps.TryAdd(one));
    }

    private LiveTap Tap(int rate, params string[] selectors)
    {
        var tap = New(rate, selectors);
        Assert.True(_taps.TryAdd(tap));
        return tap;
    }

    private LiveTap New(int rate, params string[] selectors) =>
        new(edge => edge.To == "append", [.. selectors.Select(PromqlParser.ParseSelector)], rate, _bench.Store, _bench.Clock, seed: 1);

    private SampleBatch Send(params (string Name, long At, double Value)[] samples)
    {
        var batch = Batch(samples);
        Assert.True(_edge.TrySend(batch));
        return batch;
    }

    private SampleBatch Batch(params (string Name, long At, double Value)[] samples)
    {
        var batch = new SampleBatch("s");
        foreach (var (name, at, value) in samples) batch.Add(_bench.Store.Resolve(Labels.Of([("__name__", name)])), at, value);
        return batch;
    }

    // Steps the clock until the window is out: the reader may still be on its way to the delay.
    private async Task<bool> NextAsync(ValueTask<bool> window)
    {
        var waiting = window.AsTask();
        while (!waiting.IsCompleted)
        {
            _bench.Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        return await waiting;
    }
}
