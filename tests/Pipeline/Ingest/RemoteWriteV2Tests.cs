using System.Diagnostics.Metrics;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>Remote write 2.0 (reference W2, W3, W12): what a batch holds after a request, and what the sender is told.</summary>
public sealed class RemoteWriteV2Tests : IDisposable, IBatchTarget
{
    private const string Type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

    private readonly StoreBench _bench = new();
    private readonly MetadataCatalogue _metadata = new();
    private readonly Meter _meter = new("test");
    private readonly RemoteWriteReceiver _receiver;
    private readonly List<string> _seen = [];
    private readonly long _now;

    public RemoteWriteV2Tests()
    {
        _now = _bench.NowMs;
        _receiver = new RemoteWriteReceiver("1", _bench.Store, _bench.Router, _metadata, _bench.Clock, _meter);
        _receiver.Start(this);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Samples_AreStored_AndCounted()
    {
        var request = new WriteRequestV2().Series(["__name__=a", "job=x"], WriteRequestV2.Sample(_now, 1, _now - 5), WriteRequestV2.Sample(_now + 1, 2)).Series(["__name__=b"], WriteRequestV2.Sample(_now, 3));
        var answer = await WriteAsync(request);
        Assert.Equal((204, new WrittenCounts(3, 0, 0)), (answer.StatusCode, answer.Written));
        Assert.Equal(["a{job=x} 1 2", "b 3"], _bench.Samples());
        Assert.Equal($"starts {_now - 5} 0 0", _seen[0]);
    }

    [Fact]
    public async Task EqualLabels_OfOtherTables_AreOneSeries()
    {
        await WriteAsync(new WriteRequestV2().Series(["__name__=z"], WriteRequestV2.Sample(_now, 0)).Series(["__name__=a", "job=x"], WriteRequestV2.Sample(_now, 1)));
        await WriteAsync(new WriteRequestV2().Series(["__name__=a", "job=x"], WriteRequestV2.Sample(_now + 1, 2)));
        Assert.Equal(["a{job=x} 1 2", "z 0"], _bench.Samples());
    }

    [Fact]
    public async Task Histogram_Integer_HasAbsoluteCounts()
    {
        byte[] histogram = WriteRequestV2.Histogram(
            WriteRequestV2.Number(1, 9), WriteRequestV2.Double(3, 18.4), WriteRequestV2.Number(4, WriteRequestV2.ZigZag(-1)), WriteRequestV2.Double(5, 0.001), WriteRequestV2.Number(6, 2),
            WriteRequestV2.Span(11, -2, 2), WriteRequestV2.Span(11, 3, 1), WriteRequestV2.Deltas(12, 1, 2, -1), WriteRequestV2.Span(8, 0, 1), WriteRequestV2.Deltas(9, 1), WriteRequestV2.Number(14, 2), WriteRequestV2.Number(15, (ulong)_now));
        await WriteAsync(new WriteRequestV2().Series(["__name__=h"], histogram));
        Assert.Equal("schema -1 count 9 sum 18.4 zero 2/0.001 NotReset integer +[-2:2 3:1] 1 3 2 -[0:1] 1 bounds", _seen[0]);
    }

    [Fact]
    public async Task Histogram_FloatWithCustomBounds_IsTaken()
    {
        byte[] histogram = WriteRequestV2.Histogram(
            WriteRequestV2.Double(2, 1.5), WriteRequestV2.Double(3, 2), WriteRequestV2.Number(4, WriteRequestV2.ZigZag(-53)),
            WriteRequestV2.Span(11, 0, 2), WriteRequestV2.Double(13, 1), WriteRequestV2.Double(13, 0.5), WriteRequest.Field(16, BitConverter.GetBytes(5.0)), WriteRequestV2.Number(15, (ulong)_now));
        await WriteAsync(new WriteRequestV2().Series(["__name__=h"], histogram));
        Assert.Equal("schema -53 count 1.5 sum 2 zero 0/0 Unknown float +[0:2] 1 0.5 -[] bounds 5", _seen[0]);
    }

    [Fact]
    public async Task Histogram_ThatDoesNotAddUp_IsRefused_TheRestStored()
    {
        byte[] histogram = WriteRequestV2.Histogram(WriteRequestV2.Number(1, 9), WriteRequestV2.Span(11, 0, 1), WriteRequestV2.Deltas(12, 1), WriteRequestV2.Number(15, (ulong)_now));
        var answer = await WriteAsync(new WriteRequestV2().Series(["__name__=h"], histogram).Series(["__name__=a"], WriteRequestV2.Sample(_now, 1)));
        Assert.Equal((400, new WrittenCounts(1, 0, 0)), (answer.StatusCode, answer.Written));
        Assert.Contains("1 observations found in buckets, but the count is 9", answer.Message, StringComparison.Ordinal);
        Assert.Equal(["a 1"], _bench.Samples());
    }

    [Fact]
    public async Task Exemplars_AndMetadata_AreTaken()
    {
        var request = new WriteRequestV2();
        request.Series(["__name__=a_total"], WriteRequestV2.Sample(_now, 1), request.Exemplar(_now, 0.5, "trace_id=abc"), request.Metadata(1, "How many \\n.", "things"));
        var answer = await WriteAsync(request);
        Assert.Equal(new WrittenCounts(1, 0, 1), answer.Written);
        Assert.Contains("{trace_id=\"abc\"} 0.5", _seen);
        Assert.Equal([new MetricMetadata("counter", "How many \\n.", "things")], _metadata.Snapshot("a_total")["a_total"]);
    }

    [Theory]
    [InlineData(new byte[] { 1, 99 }, "symbol 99 is not in the table")]
    [InlineData(new byte[] { 1 }, "odd number")]
    public async Task WrongReferences_AreBadRequests_TheOthersStored(byte[] references, string message)
    {
        var answer = await WriteAsync(new WriteRequestV2().RawSeries(references).Series(["__name__=a"], WriteRequestV2.Sample(_now, 1)));
        Assert.Equal((400, new WrittenCounts(1, 0, 0)), (answer.StatusCode, answer.Written));
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.Equal(["a 1"], _bench.Samples());
    }

    [Fact]
    public async Task WrongReferences_BesideTheSamples_CostNoSample()
    {
        byte[] exemplar = WriteRequest.Field(4, [.. WriteRequest.Field(1, [1, 99]), .. WriteRequestV2.Double(2, 1), .. WriteRequestV2.Number(3, (ulong)_now)]);
        var bad = await WriteAsync(new WriteRequestV2().Series(["__name__=a"], WriteRequestV2.Sample(_now, 1), exemplar));
        Assert.Equal((400, "an exemplar has an invalid label", new WrittenCounts(1, 0, 0)), (bad.StatusCode, bad.Message, bad.Written));
        var metadata = await WriteAsync(new WriteRequestV2().Series(["__name__=b"], WriteRequestV2.Sample(_now, 2), WriteRequest.Field(5, WriteRequestV2.Number(3, 99))));
        Assert.Equal((400, "the metadata of a series names symbols that are not in the table"), (metadata.StatusCode, metadata.Message));
        Assert.Equal(["a 1", "b 2"], _bench.Samples());
    }

    [Fact]
    public async Task SeriesWithoutSamples_IsABadRequest()
    {
        var answer = await WriteAsync(new WriteRequestV2().Series(["__name__=a"]).Series(["__name__=b"], WriteRequestV2.Sample(_now, 1)));
        Assert.Equal((400, "a series has neither samples nor histograms"), (answer.StatusCode, answer.Message));
        Assert.Equal(["b 1"], _bench.Samples());
    }

    // A byte of a reference stands for as many bytes as its symbol has.
    [Fact]
    public async Task LabelsMadeOfOneSymbolAgainAndAgain_AreBounded()
    {
        string[] labels = ["__name__=m", .. Enumerable.Repeat("x=" + new string('v', 1000), 100_000)];
        var answer = await WriteAsync(new WriteRequestV2().Series(labels, WriteRequestV2.Sample(_now, 1)));
        Assert.Equal((400, "the labels of a series have more than 1048576 bytes"), (answer.StatusCode, answer.Message));
    }

    [Fact]
    public async Task Histogram_FinerThanIsStored_IsMergedDown()
    {
        byte[] histogram = WriteRequestV2.Histogram(
            WriteRequestV2.Number(1, 6), WriteRequestV2.Double(3, 6), WriteRequestV2.Number(4, WriteRequestV2.ZigZag(9)),
            WriteRequestV2.Span(11, 1, 3), WriteRequestV2.Deltas(12, 1, 1, 1), WriteRequestV2.Number(15, (ulong)_now));
        Assert.Equal(204, (await WriteAsync(new WriteRequestV2().Series(["__name__=h"], histogram))).StatusCode);
        Assert.Equal("schema 8 count 6 sum 6 zero 0/0 Unknown integer +[1:2] 3 3 -[] bounds", _seen[0]);
    }

    [Fact]
    public async Task ExemplarFarAhead_IsLeftOut()
    {
        var request = new WriteRequestV2();
        request.Series(["__name__=a"], WriteRequestV2.Sample(_now, 1), request.Exemplar(_now + 3_600_000, 1, "a=b"));
        Assert.Equal(new WrittenCounts(1, 0, 0), (await WriteAsync(request)).Written);
    }

    [Fact]
    public async Task ExemplarOutOfOrder_IsABadRequest_TheSamplesStored()
    {
        Assert.Equal(204, (await WithExemplarsAsync(_now, _now + 10)).StatusCode);
        Assert.Equal((204, new WrittenCounts(1, 0, 1)), Told(await WithExemplarsAsync(_now + 1, _now + 10)));
        var late = await WithExemplarsAsync(_now + 2, _now + 9, _now + 11);
        Assert.Equal((400, "1 exemplars out of order", new WrittenCounts(1, 0, 1)), (late.StatusCode, late.Message, late.Written));
        Assert.Equal(["a 1 1 1"], _bench.Samples());

        static (int, WrittenCounts?) Told(IngestAnswer answer) => (answer.StatusCode, answer.Written);
    }

    private Task<IngestAnswer> WithExemplarsAsync(long sampleMs, params long[] exemplarsMs)
    {
        var request = new WriteRequestV2();
        request.Series(["__name__=a"], [WriteRequestV2.Sample(sampleMs, 1), .. exemplarsMs.Select(ms => request.Exemplar(ms, 1, "trace_id=abc"))]);
        return WriteAsync(request);
    }

    [Fact]
    public async Task TypeAndUnit_AreLabels_WithTheFeature()
    {
        var receiver = new RemoteWriteReceiver("1", _bench.Store, _bench.Router, _metadata, _bench.Clock, _meter, typeAndUnit: true);
        receiver.Start(this);
        var request = new WriteRequestV2();
        request.Series(["__name__=a", "__type__=mine"], WriteRequestV2.Sample(_now, 1), request.Metadata(1, "", "seconds"));
        request.Series(["__name__=a", "__type__=mine"], WriteRequestV2.Sample(_now, 2), request.Metadata(2, "", "seconds"));
        request.Series(["__name__=a", "__type__=mine"], WriteRequestV2.Sample(_now, 3));
        Assert.Equal(204, (await receiver.WriteAsync(request.Body, Type, "snappy")).StatusCode);
        Assert.Equal(["a{__type__=counter,__unit__=seconds} 1", "a{__type__=gauge,__unit__=seconds} 2", "a{__type__=mine} 3"], _bench.Samples());
    }

    [Fact]
    public async Task LateSamples_AreRefused_AndCounted()
    {
        await WriteAsync(new WriteRequestV2().Series(["__name__=a"], WriteRequestV2.Sample(_now, 1)));
        var answer = await WriteAsync(new WriteRequestV2().Series(["__name__=a"], WriteRequestV2.Sample(_now - 1, 1), WriteRequestV2.Sample(_now + 1, 2)));
        Assert.Equal((400, new WrittenCounts(1, 0, 0)), (answer.StatusCode, answer.Written));
        Assert.Equal(["a 1 2"], _bench.Samples());
    }

    [Fact]
    public async Task MutatedRequests_NeverThrow()
    {
        var request = new WriteRequestV2();
        byte[] histogram = WriteRequestV2.Histogram(WriteRequestV2.Number(1, 1), WriteRequestV2.Span(11, 0, 1), WriteRequestV2.Deltas(12, 1), WriteRequestV2.Number(15, (ulong)_now));
        byte[] good = request.Series(["__name__=a", "job=x"], WriteRequestV2.Sample(_now, 1), histogram, request.Exemplar(_now, 1, "a=b"), request.Metadata(2, "h", "u")).Message;
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            int status = (await _receiver.WriteAsync(IronSnappy.Snappy.Encode(bytes), Type, "snappy")).StatusCode;
            Assert.True(status is 204 or 400, $"seed {seed}: {status}");
        }
    }

    public bool TrySend(SampleBatch batch)
    {
        if (batch.StartTimestamps.Length > 0) _seen.Add("starts " + string.Join(' ', batch.StartTimestamps.ToArray()));
        foreach (var histogram in batch.Histograms) if (histogram is not null) _seen.Add(Text(histogram));
        foreach (var exemplar in batch.Exemplars) _seen.Add($"{exemplar.Exemplar.Labels} {exemplar.Exemplar.Value}");
        return _bench.TrySend(batch);
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation) => ValueTask.FromResult(TrySend(batch));

    private static string Text(NativeHistogram h) =>
        FormattableString.Invariant($"schema {h.Schema} count {h.Count} sum {h.Sum} zero {h.ZeroCount}/{h.ZeroThreshold} {h.ResetHint} {(h.IsInteger ? "integer" : "float")} ")
        + $"+[{Spans(h.PositiveSpanArray)}] {Numbers(h.PositiveBucketArray)} -[{Spans(h.NegativeSpanArray)}]{Led(h.NegativeBucketArray)} bounds{Led(h.CustomBoundArray)}";

    private static string Spans(HistogramSpan[] spans) => string.Join(' ', spans.Select(s => $"{s.Offset}:{s.Length}"));

    private static string Numbers(double[] values) => string.Join(' ', values.Select(v => FormattableString.Invariant($"{v}")));

    private static string Led(double[] values) => values.Length == 0 ? "" : " " + Numbers(values);

    private Task<IngestAnswer> WriteAsync(WriteRequestV2 request) => _receiver.WriteAsync(request.Body, Type, "snappy");
}
