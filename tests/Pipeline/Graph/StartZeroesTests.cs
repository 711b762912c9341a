using System.Threading.Tasks.Dataflow;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>Start timestamps as samples of value 0 (reference S30): when one is written, and what the source is told.</summary>
public sealed class StartZeroesTests : IAsyncDisposable
{
    private readonly StoreBench _bench = new();
    private readonly AppendNode _append;
    private readonly long _now;

    public StartZeroesTests()
    {
        _append = new AppendNode(_bench.Store, NullLogger.Instance, startZeroes: true);
        _now = _bench.NowMs;
    }

    public async ValueTask DisposeAsync()
    {
        await _append.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task FirstSample_GetsAZeroAtItsStart_LaterOnesOfTheSameStartNone()
    {
        var result = await SendAsync(("a", 0, 7, -1000), ("b", 0, 1, 0));
        Assert.Equal((2, 0), (result.Accepted, result.Rejected));
        result = await SendAsync(("a", 5000, 8, -1000));
        Assert.Equal((1, 0), (result.Accepted, result.Rejected));
        Assert.Equal(["a 0 7 8", "b 1"], _bench.Samples());
        Assert.Equal([-1000, 0, 5000], Times("a"));
    }

    [Fact]
    public async Task Reset_GetsAZeroBetween()
    {
        await SendAsync(("a", 0, 7, -1000));
        await SendAsync(("a", 5000, 2, 3000));
        Assert.Equal([-1000, 0, 3000, 5000], Times("a"));
        Assert.Equal(["a 0 7 0 2"], _bench.Samples());
    }

    [Theory]
    // At its sample and behind it, at the newest sample and before it, too old for the head: 0 means none.
    [InlineData(5000)]
    [InlineData(6000)]
    [InlineData(1)]
    [InlineData(-500)]
    [InlineData(-2 * 3600 * 1000)]
    [InlineData(0)]
    public async Task StartThatFitsNowhere_IsPassedOver(long startMs)
    {
        await SendAsync(("a", 1, 7, 0), ("new", 1, 7, 0));
        var result = await SendAsync(("a", 5000, 8, startMs));
        Assert.Equal((1, 0), (result.Accepted, result.Rejected));
        Assert.Equal(["a 7 8"], _bench.Samples("a"));
    }

    [Fact]
    public async Task SamplesOfOneBatch_CountForEachOther()
    {
        await SendAsync(("a", 1000, 5, -1000), ("a", 2000, 6, -1000), ("a", 5000, 1, 4000));
        Assert.Equal(["a 0 5 6 0 1"], _bench.Samples());
        Assert.Equal([-1000, 1000, 2000, 4000, 5000], Times("a"));
    }

    [Fact]
    public async Task RefusedSamples_AreToldAsTheyAre()
    {
        await SendAsync(("a", 5000, 1, 0));
        var batch = Batch(("a", 1000, 1, 500), ("b", 1000, 1, 500));
        batch.Drop(RejectReason.Limit, 3);
        var result = await SendAsync(batch);
        Assert.Equal((1, 1, 3), (result.Accepted, result.RejectedBy(RejectReason.OutOfOrder), result.RejectedBy(RejectReason.Limit)));
        Assert.Equal(["b 0 1"], _bench.Samples("b"));
    }

    [Fact]
    public async Task Histogram_GetsAnEmptyOneOfItsShape()
    {
        var histogram = new NativeHistogram { Schema = 3, ZeroThreshold = 0.25, Count = 2, Sum = 5, IsInteger = true, PositiveSpanArray = [new(0, 1)], PositiveBucketArray = [2] };
        var batch = new SampleBatch("test");
        batch.Add(_bench.Store.Resolve(Labels.Of(("__name__", "h"))), _now, histogram);
        batch.SetStart(_now - 1000);
        var result = await SendAsync(batch);
        Assert.Equal((1, 1), (result.Accepted, result.AcceptedHistograms));
        using var set = _bench.Store.Select([new LabelMatcher(MatchOperator.Equal, "__name__", "h")], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var (times, histograms) = (new long[8], new NativeHistogram[8]);
        int count = cursor.NextHistograms(times, histograms);
        Assert.Equal([_now - 1000, _now], times[..count]);
        Assert.Equal((3, 0.25, 0.0), (histograms[0].Schema, histograms[0].ZeroThreshold, histograms[0].Count));
        Assert.Equal(2, histograms[1].Count);
    }

    [Fact]
    public async Task KnownSeries_AllocateNothingMoreThanWithout()
    {
        var zeroes = new StartZeroes(_bench.Store);
        await SendAsync(("a", 0, 7, -1000));
        using var later = new Released(Batch(("a", 5000, 8, -1000)));
        zeroes.Widen(later.Batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(zeroes.Widen(later.Batch));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private Task<CommitResult> SendAsync(params (string Name, long AtMs, double Value, long StartMs)[] samples) => SendAsync(Batch(samples));

    private Task<CommitResult> SendAsync(SampleBatch batch)
    {
        var completion = batch.Completion;
        Assert.True(_append.Input.Post(batch));
        return completion;
    }

    private SampleBatch Batch(params (string Name, long AtMs, double Value, long StartMs)[] samples)
    {
        var batch = new SampleBatch("test");
        foreach (var (name, atMs, value, startMs) in samples)
        {
            batch.Add(_bench.Store.Resolve(Labels.Of(("__name__", name))), _now + atMs, value);
            if (startMs != 0) batch.SetStart(_now + startMs);
        }
        return batch;
    }

    private long[] Times(string name)
    {
        using var set = _bench.Store.Select([new LabelMatcher(MatchOperator.Equal, "__name__", name)], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var times = new long[100];
        int count = cursor.Next(times, new double[100]);
        return [.. times.Take(count).Select(t => t - _now)];
    }

    private sealed class Released(SampleBatch batch) : IDisposable
    {
        public SampleBatch Batch { get; } = batch;

        public void Dispose() => Batch.Release();
    }
}
