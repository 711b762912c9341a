using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Tests.Exposition;
using Streamline.Pipeline.Tests.Ingest.Otlp;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>
/// Bodies broken at random, to every receiver: an answer that says what is wrong, no batch at all when the body cannot be read, and memory in proportion
/// to the body.
/// </summary>
public sealed class IngestFuzzTests : IDisposable, IBatchTarget
{
    private const int Rounds = 2000;

    // A request's own objects, then what its parts make: the smallest part of a body is two bytes, the largest that it can make some hundred.
    private const long FixedBytes = 256 << 10, BytesPerByte = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-fuzz-");
    private readonly StoreBench _bench = new();
    private readonly MetadataCatalogue _metadata = new();
    private readonly Meter _meter = new("test");
    private readonly RemoteWriteReceiver _writes;
    private readonly long _now;
    private int _batches;

    public IngestFuzzTests()
    {
        _now = _bench.NowMs;
        _writes = new RemoteWriteReceiver("1", _bench.Store, _bench.Router, _metadata, _bench.Clock, _meter);
        _writes.Start(this);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _meter.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task RemoteWrite(bool isV2, bool packedIsBroken)
    {
        string type = isV2 ? "application/x-protobuf;proto=io.prometheus.write.v2.Request" : "application/x-protobuf";
        byte[] good = isV2 ? RequestV2() : RequestV1();
        await FuzzAsync(packedIsBroken ? IronSnappy.Snappy.Encode(good) : good, body => _writes.WriteAsync(packedIsBroken ? body : IronSnappy.Snappy.Encode(body), type, "snappy"), 204, ["malformed protobuf at byte ", "snappy: "]);
    }

    [Theory]
    [InlineData("text/plain; version=0.0.4", "")]
    [InlineData("application/openmetrics-text; version=1.0.0", "")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "")]
    [InlineData("text/plain; version=0.0.4", "snappy")]
    public async Task Push(string type, string encoding)
    {
        using var groups = new PushGroups(_folder.FullName, _metadata, NullLogger.Instance);
        using var receiver = new PushReceiver("push", new PushSourceConfig { Interval = TimeSpan.FromHours(1) }, _bench.Router, groups, _bench.Time, NullLogger.Instance);
        receiver.Start(this);
        byte[] text = Encoding.UTF8.GetBytes("# TYPE c counter\n# HELP c Counts.\nc_total{path=\"/a\\\"b\",zone=\"x\"} 1\nc_total{path=\"/c\"} 2.5e3\n");
        byte[] good = type.Contains("protobuf", StringComparison.Ordinal) ? [.. Proto.Family("c", 0, Proto.Counter(1, "path=/a")).Delimited, .. Proto.Family("g", 1, Proto.Gauge(2)).Delimited]
            : type.Contains("openmetrics", StringComparison.Ordinal) ? [.. text, .. "# EOF\n"u8]
            : encoding == "snappy" ? Framed(text) : text;
        string[] unread = ["text format parsing error in line ", "protobuf parsing error in ", "snappy: "];
        await FuzzAsync(good, body => receiver.PushAsync(new PushRequest("/metrics/job/j", body, type, true) { ContentEncoding = encoding }), 200, unread);
        await receiver.StopAsync();
    }

    [Fact]
    public void PushPaths_AreReadOrRefused()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            string path = Encoding.Latin1.GetString(Mutated(Encoding.ASCII.GetBytes("/metrics/job@base64/YS9i/path@base64/L3Zhci90bXA=/zone/a%20b"), new Random(seed)));
            var labels = PushPath.Parse(path, out string problem);
            Assert.True(labels is null != (problem.Length == 0), $"seed {seed}: {path}: {problem}");
            Assert.True(labels is null || labels.All(l => l.Key.Length > 0), $"seed {seed}: {path}");
        }
    }

    [Fact]
    public async Task OtlpJson()
    {
        using var otlp = new OtlpBench();
        string point = $$$"""{"timeUnixNano":{{{otlp.Nanos()}}},"asDouble":1.5,"attributes":[{{{OtlpBench.Attribute("a", "b")}}}]}""";
        string histogram = $$$"""{"timeUnixNano":{{{otlp.Nanos()}}},"count":"3","sum":2,"bucketCounts":["1","2"],"explicitBounds":[0.5]}""";
        string metrics = $$$"""{"name":"g","unit":"s","gauge":{"dataPoints":[{{{point}}}]}},{"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{{{histogram}}}]}}""";
        byte[] good = Encoding.UTF8.GetBytes($$$"""{"resourceMetrics":[{"resource":{"attributes":[{{{OtlpBench.Attribute("service.name", "x")}}}]},"scopeMetrics":[{"scope":{},"metrics":[{{{metrics}}}]}]}]}""");
        await FuzzAsync(good, body => CountedAsync(otlp, body), 200, ["malformed JSON"]);
    }

    // Lengths that a message only claims.
    [Fact]
    public async Task ClaimedLengths_CostNothing()
    {
        byte[] hugeSpan = WriteRequestV2.Histogram(WriteRequestV2.Number(1, 1), WriteRequestV2.Span(11, 0, uint.MaxValue), WriteRequestV2.Deltas(12, 1), WriteRequestV2.Number(15, (ulong)_now));
        var request = new WriteRequestV2().Series(["__name__=a"], hugeSpan);
        var (answer, spent) = await MeasuredAsync(() => _writes.WriteAsync(request.Body, "application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy"));
        Assert.Equal(400, answer.StatusCode);
        Assert.InRange(spent, 0, FixedBytes);
        foreach (byte[] claim in (byte[][])[[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]])
        {
            (answer, spent) = await MeasuredAsync(() => _writes.WriteAsync(IronSnappy.Snappy.Encode(claim), "application/x-protobuf", "snappy"));
            Assert.StartsWith("malformed protobuf at byte ", answer.Message, StringComparison.Ordinal);
            Assert.InRange(spent, 0, FixedBytes);
        }
    }

    // 64 KB of zeros pack into 3 KB: a body of some megabytes would unpack to more than the bound.
    [Fact]
    public async Task FramesThatUnpackToMoreThanTheBound_AreRefused_AtTheBound()
    {
        using var groups = new PushGroups(_folder.FullName, _metadata, NullLogger.Instance);
        using var receiver = new PushReceiver("push", new PushSourceConfig { Interval = TimeSpan.FromHours(1) }, _bench.Router, groups, _bench.Time, NullLogger.Instance);
        receiver.Start(this);
        byte[] bomb = Framed([.. Enumerable.Repeat(new byte[64 << 10], 2000).SelectMany(b => b)]);
        Assert.InRange(bomb.Length, 1 << 20, 16 << 20);
        var (answer, spent) = await MeasuredAsync(() => receiver.PushAsync(new PushRequest("/metrics/job/j", bomb, "", true) { ContentEncoding = "snappy" }));
        Assert.Equal((400, "snappy: the body unpacks to more than 33554432 bytes"), (answer.StatusCode, answer.Message));
        // A growing buffer: twice the bound and its copies on the way there.
        Assert.InRange(spent, 0, (4 * (32L << 20)) + FixedBytes);
        await receiver.StopAsync();
    }

    public bool TrySend(SampleBatch batch)
    {
        _batches++;
        return _bench.TrySend(batch);
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation) => ValueTask.FromResult(TrySend(batch));

    private async Task<IngestAnswer> CountedAsync(OtlpBench otlp, byte[] body)
    {
        int before = otlp.Store.Batches;
        var answer = await otlp.Receiver.WriteAsync(body, "application/json");
        _batches += otlp.Store.Batches - before;
        return answer;
    }

    private async Task FuzzAsync(byte[] good, Func<byte[], Task<IngestAnswer>> send, int stored, string[] unread)
    {
        Assert.Equal(stored, (await send(good)).StatusCode);
        int refused = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            byte[] body = Mutated(good, new Random(seed));
            int before = _batches;
            var (answer, spent) = await MeasuredAsync(() => send(body));
            Assert.True(answer.StatusCode == stored || answer.StatusCode == 400, $"seed {seed}: {answer}");
            Assert.True(answer.StatusCode == stored || answer.Message.Length > 0, $"seed {seed}: an error without words");
            Assert.True(spent < FixedBytes + (BytesPerByte * body.Length), $"seed {seed}: {spent} bytes for a body of {body.Length}");
            if (!unread.Any(u => answer.Message.StartsWith(u, StringComparison.Ordinal))) continue;
            refused++;
            Assert.True(_batches == before, $"seed {seed}: a batch of a body that cannot be read: {answer.Message}");
        }
        Assert.InRange(refused, Rounds / 20, Rounds - 1);
    }

    private static async Task<(IngestAnswer Answer, long Spent)> MeasuredAsync(Func<Task<IngestAnswer>> send)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var answer = send();
        Assert.True(answer.IsCompleted);
        return (await answer, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int edits = random.Next(1, 5); edits > 0 && bytes.Count > 1; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at))); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at)); break;
            }
        }
        return [.. bytes];
    }

    private byte[] RequestV1() => new WriteRequest().Series(["__name__=a", "job=x"], (_now, 1), (_now + 1, 2)).Series(["__name__=b", "c=d"], (_now, 3)).Message;

    private byte[] RequestV2()
    {
        var request = new WriteRequestV2();
        byte[] histogram = WriteRequestV2.Histogram(WriteRequestV2.Number(1, 1), WriteRequestV2.Span(11, 0, 1), WriteRequestV2.Deltas(12, 1), WriteRequestV2.Number(15, (ulong)_now));
        return request.Series(["__name__=a", "job=x"], WriteRequestV2.Sample(_now, 1), request.Exemplar(_now, 1, "a=b"), request.Metadata(2, "h", "u")).Series(["__name__=h"], histogram).Message;
    }

    private static byte[] Framed(byte[] text)
    {
        using var stream = new MemoryStream();
        stream.Write([0xff, 6, 0, 0, .. "sNaPpY"u8]);
        for (int at = 0; at < text.Length; at += 64 << 10)
        {
            byte[] part = text[at..Math.Min(text.Length, at + (64 << 10))];
            PushReceiverTests.Frame(stream, 0x00, IronSnappy.Snappy.Encode(part), part);
        }
        return stream.ToArray();
    }
}
