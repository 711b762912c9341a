using System.Diagnostics.Metrics;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

public sealed class RemoteWriteReceiverTests : IDisposable
{
    private readonly CountingStage _resolved = new();
    private readonly Meter _meter = new("test");
    private readonly MetadataCatalogue _metadata = new();
    private readonly StoreBench _bench;
    private readonly RemoteWriteReceiver _receiver;
    private readonly long _now;

    public RemoteWriteReceiverTests()
    {
        _bench = new StoreBench(_resolved);
        _receiver = Make(_bench);
        _now = _bench.NowMs;
    }

    public void Dispose()
    {
        _bench.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Request_IsStoredAsOneBatch()
    {
        var request = new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1000, 2)).Series(["__name__=b"], (_now, double.NegativeInfinity));
        Assert.Equal(204, (await WriteAsync(request)).StatusCode);
        Assert.Equal(["a{job=x} 1 2", "b -Inf"], _bench.Samples());
        Assert.Equal(1, _bench.Batches);
    }

    [Fact]
    public async Task Metadata_IsShown()
    {
        byte[] metadata = [.. WriteRequestV2.Number(1, 2), .. WriteRequest.Field(2, "queue"u8.ToArray()), .. WriteRequest.Field(4, "Waiting."u8.ToArray())];
        Assert.Equal(204, (await WriteAsync(new WriteRequest().Raw(3, metadata))).StatusCode);
        Assert.Equal([new MetricMetadata("gauge", "Waiting.", "")], _metadata.Snapshot()["queue"]);
    }

    [Fact]
    public async Task KnownSeries_CostNoParse()
    {
        for (int i = 0; i < 5; i++) await WriteAsync(new WriteRequest().Series(["__name__=a", "job=x"], (_now + i, i)).Series(["__name__=b"], (_now + i, i)));
        Assert.Equal(2, _resolved.Calls);
        Assert.Equal(["a{job=x} 0 1 2 3 4", "b 0 1 2 3 4"], _bench.Samples());
    }

    [Fact]
    public async Task OtherRouter_ResolvesEverySeriesAgain()
    {
        await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)));
        _receiver.Router = new SeriesRouter(_bench.Store, [_resolved]);
        await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now + 1, 2)));
        Assert.Equal(2, _resolved.Calls);
        Assert.Equal(["a 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task SeriesThatLeftTheHead_IsResolvedAgain()
    {
        await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)));
        long later = (long)TimeSpan.FromHours(12).TotalMilliseconds;
        for (long step = 0; step <= later; step += later / 24)
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(30));
            await WriteAsync(new WriteRequest().Series(["__name__=z"], (_now + step, 1)));
            _bench.Store.Maintain();
        }
        Assert.Equal(1, _bench.SeriesCount);
        Assert.Equal(204, (await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now + later, 2)))).StatusCode);
        Assert.Equal(["a 1 2"], _bench.Samples("a"));
    }

    [Theory]
    [InlineData("duplicate label \"a\"", "__name__=m", "a=1", "a=2")]
    [InlineData("duplicate label \"a\"", "__name__=m", "a=1", "b=1", "a=2")]
    [InlineData("duplicate label \"a\"", "__name__=m", "a=1", "a=1")]
    [InlineData("duplicate label \"a\"", "__name__=m", "a=", "a=")]
    [InlineData("invalid label name \"\"", "__name__=m", "=1")]
    [InlineData("invalid label name \"\"", "=1", "__name__=m")]
    [InlineData("series without a metric name", "a=1")]
    [InlineData("series without a metric name", "__name__=", "a=1")]
    [InlineData("series without a metric name")]
    public async Task BadLabels_AreNamed_AndTheOthersStored(string error, params string[] labels)
    {
        var answer = await WriteAsync(new WriteRequest().Series(["__name__=first"], (_now, 1)).Series(labels, (_now, 2)).Series(["__name__=last"], (_now, 3)));
        Assert.Equal((400, error), (answer.StatusCode, answer.Message));
        Assert.Equal(["first 1", "last 3"], _bench.Samples());
    }

    // The specification wants them sorted; Prometheus does not, and vmagent sends them as its targets do.
    [Fact]
    public async Task UnsortedLabels_AreTheSameSeries()
    {
        await WriteAsync(new WriteRequest().Series(["b=1", "__name__=m", "a=2"], (_now, 1)));
        var answer = await WriteAsync(new WriteRequest().Series(["__name__=m", "a=2", "b=1"], (_now + 1, 2)));
        Assert.Equal(204, answer.StatusCode);
        Assert.Equal(["m{a=2,b=1} 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task LabelTooLongToBeStored_IsNamed()
    {
        var answer = await WriteAsync(new WriteRequest().Series([("__name__"u8.ToArray(), new byte[Labels.MaxStringBytes + 1])], (_now, 2)).Series(["__name__=a"], (_now, 1)));
        Assert.Equal((400, $"a label has {Labels.MaxStringBytes + 1} bytes, more than the {Labels.MaxStringBytes} that can be stored"), (answer.StatusCode, answer.Message));
        Assert.Equal(["a 1"], _bench.Samples());
    }

    [Fact]
    public async Task NotUtf8_IsNamed()
    {
        var value = new WriteRequest().Series([("__name__"u8.ToArray(), "m"u8.ToArray()), ("a"u8.ToArray(), [0xff])], (_now, 2));
        Assert.Equal("label \"a\" has a value that is not UTF-8", (await WriteAsync(value)).Message);
        var name = new WriteRequest().Series([("__name__"u8.ToArray(), "m"u8.ToArray()), ([0xc3, 0x28], "v"u8.ToArray())], (_now, 2));
        Assert.StartsWith("invalid label name ", (await WriteAsync(name)).Message, StringComparison.Ordinal);
        Assert.Equal(0, _bench.SeriesCount);
    }

    [Fact]
    public async Task SnappyBomb_IsRefused_BeforeItIsUnpacked()
    {
        // A block that says it holds 3 GB, and one a byte above the limit.
        byte[][] bodies = [[0x80, 0x80, 0x80, 0x80, 0x0c, 0, 0], IronSnappy.Snappy.Encode(new byte[RemoteWriteReceiver.MaxDecodedBytes + 1])];
        foreach (byte[] body in bodies)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var answer = _receiver.WriteAsync(body, "application/x-protobuf", "snappy");
            long spent = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(400, (await answer).StatusCode);
            Assert.StartsWith("snappy: ", (await answer).Message, StringComparison.Ordinal);
            Assert.InRange(spent, 0, 64 << 10);
        }
    }

    [Fact]
    public async Task MessageCutAnywhere_IsRefused_OrEndsBetweenTwoSeries()
    {
        var request = new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1, 2)).Series(["__name__=b"], (_now, 3));
        byte[] message = request.Message;
        int firstEnds = new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1, 2)).Message.Length;
        for (int length = 0; length < message.Length; length++)
        {
            var answer = await _receiver.WriteAsync(IronSnappy.Snappy.Encode(message.AsSpan(0, length)), "application/x-protobuf", "snappy");
            Assert.Equal(length == 0 || length == firstEnds ? 204 : 400, answer.StatusCode);
            if (answer.StatusCode == 400) Assert.StartsWith("malformed protobuf at byte ", answer.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["a{job=x} 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task BlockCutAnywhere_IsRefused()
    {
        byte[] body = new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1, 2)).Series(["__name__=b"], (_now, 3)).Body;
        for (int length = 0; length < body.Length; length++)
            Assert.Equal(400, (await _receiver.WriteAsync(body.AsMemory(0, length), "application/x-protobuf", "snappy")).StatusCode);
        Assert.Empty(_bench.Samples());
    }

    [Fact]
    public async Task LateSamples_AreNamed_TheOthersStored()
    {
        await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)));
        var late = await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now - 5, 2), (_now + 5, 3)));
        Assert.Equal((400, $"out of order sample ({{__name__=\"a\"}} at {_now - 5})"), (late.StatusCode, late.Message));
        var other = await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now + 5, 4)));
        Assert.Equal((400, $"duplicate sample for timestamp ({{__name__=\"a\"}} at {_now + 5})"), (other.StatusCode, other.Message));
        var same = await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now + 5, 3)));
        Assert.Equal(204, same.StatusCode);
        Assert.Equal(["a 1 3"], _bench.Samples());
    }

    [Fact]
    public async Task ExemplarOutOfOrder_IsLeftOut_AndNoError()
    {
        Assert.Equal(204, (await WriteAsync(Request(_now, _now + 10))).StatusCode);
        Assert.Equal(204, (await WriteAsync(Request(_now + 1, _now + 9))).StatusCode);
        Assert.Equal(1, _bench.Last.OutOfOrderExemplars);
        Assert.Equal(_now + 10, Assert.Single(Assert.Single(_bench.Store.Exemplars([[]], TimeRange.All)).Exemplars).TimestampMs);

        static WriteRequest Request(long sampleMs, long exemplarMs) => new WriteRequest().Raw(1,
        [
            .. WriteRequest.Field(1, [.. WriteRequest.Field(1, "__name__"u8.ToArray()), .. WriteRequest.Field(2, "a"u8.ToArray())]),
            .. WriteRequest.Field(2, WriteRequest.Sample(sampleMs, 1)),
            .. WriteRequest.Field(3, [.. WriteRequestV2.Double(2, 1), .. WriteRequestV2.Number(3, (ulong)exemplarMs)]),
        ]);
    }

    [Fact]
    public async Task EmptyExemplarsAndUnknownFields_AreNoError()
    {
        byte[] series =
        [
            .. WriteRequest.Field(1, [.. WriteRequest.Field(1, "__name__"u8.ToArray()), .. WriteRequest.Field(2, "a"u8.ToArray()), .. WriteRequest.Field(9, [1])]),
            .. WriteRequest.Field(2, WriteRequest.Sample(_now, 1)), .. WriteRequest.Field(3, []), 15 << 3, 5, 14 << 3 | 5, 1, 2, 3, 4, 13 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8,
        ];
        Assert.Equal(204, (await WriteAsync(new WriteRequest().Raw(3, [8, 1]).Raw(1, series).Raw(77, [1]))).StatusCode);
        Assert.Equal(["a 1"], _bench.Samples());
    }

    [Fact]
    public async Task FarAhead_IsRefused_TheOthersStored()
    {
        const long limit = 10 * 60 * 1000;
        var answer = await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1), (_now + limit, 2), (_now + limit + 1, 3)));
        Assert.Equal((400, "1 samples out of bounds: more than 10 minutes ahead or older than the head takes"), (answer.StatusCode, answer.Message));
        Assert.Equal(["a 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task FullQueue_AsksToComeAgain()
    {
        _bench.IsFull = true;
        var answer = await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)));
        Assert.Equal((503, 1), (answer.StatusCode, answer.RetryAfterSeconds));
        _bench.IsFull = false;
        Assert.Equal(204, (await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)))).StatusCode);
    }

    [Fact]
    public async Task StoppedReceiver_AsksToComeAgain()
    {
        await _receiver.StopAsync();
        Assert.Equal(503, (await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)))).StatusCode);
    }

    [Fact]
    public async Task ClosedLog_AsksToComeAgain()
    {
        await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)));
        using var closed = new StoreBench();
        var receiver = Make(closed);
        closed.Store.Dispose();
        var answer = await receiver.WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)).Body, "application/x-protobuf", "snappy");
        Assert.Equal((503, 1), (answer.StatusCode, answer.RetryAfterSeconds));
    }

    [Theory]
    [InlineData("application/x-protobuf", "snappy", 204)]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest", "snappy", 204)]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy", 415)]
    [InlineData("application/json", "snappy", 415)]
    [InlineData("application/x-protobuf", "zstd", 415)]
    [InlineData("application/x-protobuf", "", 204)]
    [InlineData("", "snappy", 204)]
    [InlineData("", "", 204)]
    [InlineData("application/x-protobuf", "gzip", 415)]
    public async Task ContentTypes(string type, string encoding, int status) =>
        Assert.Equal(status, (await _receiver.WriteAsync(new WriteRequest().Series(["__name__=a"], (_now, 1)).Body, type, encoding)).StatusCode);

    [Theory]
    [InlineData(nameof(DropReason.Relabel), 204)]
    [InlineData(nameof(DropReason.Limit), 400)]
    public async Task DroppedSeries_AreNoError_UnlessALimitRefusedThem(string reason, int status)
    {
        _resolved.Answer = Enum.Parse<DropReason>(reason);
        for (int i = 0; i < 2; i++) Assert.Equal(status, (await WriteAsync(new WriteRequest().Series(["__name__=a"], (_now + i, 1)))).StatusCode);
        Assert.Equal(1, _resolved.Calls);
        Assert.Empty(_bench.Samples());
    }

    [Fact]
    public async Task KnownSeries_AllocateNothingPerSample()
    {
        _bench.IsHollow = true;
        byte[] small = Many(50), large = Many(4000);
        for (int i = 0; i < 3; i++)
        {
            await SpentAsync(small);
            await SpentAsync(large);
        }
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++) least = Math.Min(least, await SpentAsync(large) - await SpentAsync(small));
        Assert.InRange(least, -1000, 1000);
    }

    [Fact]
    public async Task MutatedRequests_NeverThrow()
    {
        byte[] good = new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1, 2)).Series(["__name__=b", "c=d"], (_now, 3)).Message;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            int status = (await _receiver.WriteAsync(IronSnappy.Snappy.Encode(bytes), "application/x-protobuf", "snappy")).StatusCode;
            Assert.True(status is 204 or 400, $"seed {seed}: {status}");
        }
    }

    private static byte[] Many(int series)
    {
        var request = new WriteRequest();
        for (int i = 0; i < series; i++) request.Series(["__name__=m", $"i={i:0000}"], (1, i), (2, i));
        return request.Body;
    }

    private async Task<long> SpentAsync(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var answer = _receiver.WriteAsync(body, "application/x-protobuf", "snappy");
        long spent = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(answer.IsCompleted);
        Assert.Equal(204, (await answer).StatusCode);
        return spent;
    }

    private RemoteWriteReceiver Make(StoreBench bench)
    {
        var receiver = new RemoteWriteReceiver("1", bench.Store, bench.Router, _metadata, bench.Clock, _meter);
        receiver.Start(bench);
        return receiver;
    }

    private Task<IngestAnswer> WriteAsync(WriteRequest request) => _receiver.WriteAsync(request.Body, "application/x-protobuf", "snappy");

    private sealed class CountingStage : ILabelStage
    {
        public int Calls { get; private set; }

        public DropReason Answer { get; set; }

        public DropReason Apply(LabelsBuilder labels)
        {
            Calls++;
            return Answer;
        }
    }
}
