namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>Differences added up to totals, per series, with the state kept between requests.</summary>
public sealed class OtlpDeltaTests : IDisposable
{
    private readonly OtlpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Sum_IsAddedUp()
    {
        await SumAsync(0, 5);
        await SumAsync(1000, 3);
        await SumAsync(2000, 4, "b");
        Assert.Equal(["c_total{k=a} 5 @0 since -1000", "c_total{k=a} 8 @1000 since -1000", "c_total{k=b} 4 @2000 since 1000"], _bench.Seen);
    }

    [Fact]
    public async Task PointSentAgain_CountsOnce_AndAnOlderOneIsRefused()
    {
        await SumAsync(1000, 5);
        Assert.Equal(200, (await SumAsync(1000, 5)).StatusCode);
        Assert.Equal("c_total{k=a} 5 @1000 since 0", _bench.Seen[^1]);
        Assert.Equal(400, (await SumAsync(500, 5)).StatusCode);
        await SumAsync(2000, 1);
        Assert.Equal("c_total{k=a} 6 @2000 since 0", _bench.Seen[^1]);
    }

    [Fact]
    public async Task SilentStream_IsForgotten_AndBeginsAnew()
    {
        await SumAsync(0, 5);
        Assert.Equal(1, _bench.Receiver.Streams);
        _bench.Store.Clock.Advance(TimeSpan.FromMinutes(7));
        await SumAsync(0, 2);
        Assert.Equal("c_total{k=a} 2 @0 since -1000", _bench.Seen[^1]);
    }

    [Fact]
    public async Task Histogram_IsAddedUp_OtherBoundsBeginAnew()
    {
        await HistogramAsync(0, "[1,2]", "[5]");
        await HistogramAsync(1000, "[3,4]", "[5]");
        Assert.Equal(["h_sum{} 2 @1000 since -1000", "h_count{} 10 @1000 since -1000", "h_bucket{le=5} 4 @1000 since -1000", "h_bucket{le=+Inf} 10 @1000 since -1000"], _bench.Seen[^4..]);
        await HistogramAsync(2000, "[1,1]", "[7]");
        Assert.Equal(["h_sum{} 1 @2000 since 1000", "h_count{} 2 @2000 since 1000", "h_bucket{le=7} 1 @2000 since 1000", "h_bucket{le=+Inf} 2 @2000 since 1000"], _bench.Seen[^4..]);
    }

    [Fact]
    public async Task ExponentialHistogram_OfAnotherScale_IsMergedToTheCoarserOne()
    {
        await ExponentialAsync(0, 1, 0, "[1,2]");
        await ExponentialAsync(1000, 0, 0, "[4]");
        // Scale 1, indexes 0 and 1 are index 0 of scale 0.
        Assert.Equal("e{} [0 7/0 zero 0 +1:1(7) -() <>] @1000 since -1000", _bench.Seen[^1]);
    }

    [Fact]
    public async Task ExponentialHistogram_ThatGetsTooWide_IsCoarsened()
    {
        await ExponentialAsync(0, 8, 0, "[1]");
        await ExponentialAsync(1000, 8, 1000, "[1]");
        Assert.Equal("e{} [6 2/0 zero 0 +1:1 249:1(1 1) -() <>] @1000 since -1000", _bench.Seen[^1]);
    }

    [Fact]
    public async Task Totals_GoOn_AfterTheProcessDied()
    {
        await SumAsync(0, 5);
        await HistogramAsync(0, "[1,2]", "[5]");
        await ExponentialAsync(0, 1, 0, "[1,2]");
        _bench.Restart();
        await SumAsync(1000, 3);
        await HistogramAsync(1000, "[3,4]", "[5]");
        await ExponentialAsync(1000, 0, 0, "[4]");
        Assert.Equal(
        [
            "c_total{k=a} 8 @1000 since -1000", "h_sum{} 2 @1000 since -1000", "h_count{} 10 @1000 since -1000", "h_bucket{le=5} 4 @1000 since -1000",
            "h_bucket{le=+Inf} 10 @1000 since -1000", "e{} [0 7/0 zero 0 +1:1(7) -() <>] @1000 since -1000",
        ], _bench.Seen[^6..]);
        Assert.Equal(3, _bench.Receiver.Streams);
    }

    [Fact]
    public async Task PointSentAgain_AfterTheProcessDied_CountsOnce()
    {
        await SumAsync(0, 5);
        _bench.Restart();
        Assert.Equal(200, (await SumAsync(0, 5)).StatusCode);
        await SumAsync(1000, 1);
        Assert.Equal("c_total{k=a} 6 @1000 since -1000", _bench.Seen[^1]);
    }

    [Fact]
    public async Task SilentStream_IsForgotten_OnDiskToo()
    {
        await SumAsync(0, 5);
        _bench.Store.Clock.Advance(TimeSpan.FromMinutes(7));
        _bench.Restart();
        await SumAsync(0, 2, "b");
        Assert.Equal(1, _bench.Receiver.Streams);
        _bench.Restart();
        await SumAsync(1000, 2, "b");
        Assert.Equal((1, "c_total{k=b} 4 @1000 since -1000"), (_bench.Receiver.Streams, _bench.Seen[^1]));
    }

    [Fact]
    public async Task DiskThatRefuses_MakesTheSenderTryAgain_AndNothingCountsTwice()
    {
        File.WriteAllText(_bench.Folder, "in the way");
        Assert.Equal(503, (await SumAsync(0, 5)).StatusCode);
        Assert.Empty(_bench.Seen);
        File.Delete(_bench.Folder);
        Assert.Equal(200, (await SumAsync(0, 5)).StatusCode);
        _bench.Restart();
        await SumAsync(1000, 1);
        Assert.Equal("c_total{k=a} 6 @1000 since -1000", _bench.Seen[^1]);
    }

    [Fact]
    public async Task DamagedJournals_NeverStopTheReceiver()
    {
        for (int i = 0; i < 4; i++)
        {
            await SumAsync(i, 5);
            await HistogramAsync(i, "[1,2]", "[5]");
            await ExponentialAsync(i, 1, 0, "[1,2]");
        }
        byte[] whole = File.ReadAllBytes(_bench.Journal);
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = whole[..random.Next(whole.Length)];
            for (int i = random.Next(4); i > 0 && damaged.Length > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            // Half of them with sums that are right, so that the contents are what is not believed.
            if (seed % 2 == 0) Stages.AggregateJournalTests.Reseal(damaged);
            File.WriteAllBytes(_bench.Journal, damaged);
            _bench.Restart();
            int status = (await SumAsync(10 + seed, 1)).StatusCode;
            Assert.True(status is 200 or 400, $"seed {seed}: {status}");
        }
    }

    private Task<IngestAnswer> SumAsync(long atMs, int value, string key = "a") => _bench.MetricsAsync($$$$$"""
        {"name":"c","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[
          {"startTimeUnixNano":{{{{{_bench.Nanos(atMs - 1000)}}}}},"timeUnixNano":{{{{{_bench.Nanos(atMs)}}}}},"asInt":{{{{{value}}}}},"attributes":[{{{{{OtlpBench.Attribute("k", key)}}}}}]}]}}
        """);

    private Task<IngestAnswer> HistogramAsync(long atMs, string counts, string bounds) => _bench.MetricsAsync($$$$$"""
        {"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[{"startTimeUnixNano":{{{{{_bench.Nanos(atMs - 1000)}}}}},"timeUnixNano":{{{{{_bench.Nanos(atMs)}}}}},
          "count":{{{{{counts.Trim('[', ']').Split(',').Sum(int.Parse)}}}}},"sum":1,"bucketCounts":{{{{{counts}}}}},"explicitBounds":{{{{{bounds}}}}}}]}}
        """);

    private Task<IngestAnswer> ExponentialAsync(long atMs, int scale, int offset, string counts) => _bench.MetricsAsync($$$$$"""
        {"name":"e","exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[{"startTimeUnixNano":{{{{{_bench.Nanos(atMs - 1000)}}}}},"timeUnixNano":{{{{{_bench.Nanos(atMs)}}}}},
          "count":{{{{{counts.Trim('[', ']').Split(',').Sum(int.Parse)}}}}},"scale":{{{{{scale}}}}},"positive":{"offset":{{{{{offset}}}}},"bucketCounts":{{{{{counts}}}}}}}]}}
        """);
}
