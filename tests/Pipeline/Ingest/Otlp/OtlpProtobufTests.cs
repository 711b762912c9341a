using System.Buffers.Binary;
using System.Text;

namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>The protobuf form: each field by its number, against what the JSON form gives; and broken messages.</summary>
public sealed class OtlpProtobufTests : IDisposable
{
    private readonly OtlpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task AllKinds_AreRead()
    {
        Assert.Equal(200, (await _bench.Receiver.WriteAsync(Request(), "application/x-protobuf")).StatusCode);
        Assert.Equal(
        [
            "g_seconds{a=x,job=shop} -5 @0 since -1000",
            "c_total{job=shop} 2.5 @0",
            "h_sum{job=shop} 9 @0", "h_count{job=shop} 3 @0", "h_bucket{job=shop,le=0.5} 1 @0", "h_bucket{job=shop,le=+Inf} 3 @0",
            "e{job=shop} [2 4/1.5 zero 1 +-2:1(2) -1:1(1) <>] @0",
            "s_sum{job=shop} 4 @0", "s_count{job=shop} 2 @0", "s{job=shop,quantile=0.9} 7 @0",
            "target_info{job=shop,list=[true,1.5]} 1 @0",
            "exemplar of c_total{job=shop}: {span_id=0a,trace_id=ff01} 1",
        ], _bench.Seen);
    }

    [Fact]
    public async Task MutatedRequests_NeverThrow()
    {
        byte[] good = Request();
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = [.. good];
            for (int i = random.Next(1, 5); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            int status = (await _bench.Receiver.WriteAsync(bytes.AsMemory(0, random.Next(bytes.Length / 2, bytes.Length + 1)), "application/x-protobuf")).StatusCode;
            Assert.True(status is 200 or 400, $"seed {seed}: {status}");
        }
    }

    [Fact]
    public async Task RequestOfMillionsOfEmptyParts_IsRefused()
    {
        byte[] points = new byte[600_000];
        for (int i = 0; i < points.Length; i += 2) points[i] = 1 << 3 | 2;
        byte[] metric = [.. Text(1, "g"), .. F(5, points)];
        var answer = await _bench.Receiver.WriteAsync(F(1, F(2, F(2, metric))), "application/x-protobuf");
        Assert.Equal((400, "the request has more than 2000000 parts"), (answer.StatusCode, answer.Message));
    }

    private byte[] Request()
    {
        byte[] time = Fixed(3, (ulong)_bench.NowMs * 1_000_000), start = Fixed(2, (ulong)(_bench.NowMs - 1000) * 1_000_000);
        byte[] gauge = Metric("g", 5, [.. start, .. time, .. Fixed(6, unchecked((ulong)-5L)), .. F(7, [.. Text(1, "a"), .. F(2, Text(1, "x"))])], unit: "s");
        byte[] exemplar = [.. Fixed(2, 5), .. D(3, 1), .. F(4, [10]), .. F(5, [255, 1])];
        byte[] sum = Metric("c", 7, [.. time, .. D(4, 2.5), .. F(5, exemplar)], [.. N(2, 2), .. N(3, 1)]);
        byte[] histogram = Metric("h", 9, [.. time, .. Fixed(4, 3), .. D(5, 9), .. F(6, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]), .. D(7, 0.5)], N(2, 2));
        byte[] exponential = Metric("e", 10, [.. time, .. Fixed(4, 4), .. D(5, 1.5), .. N(6, WriteRequestV2.ZigZag(2)), .. Fixed(7, 1), .. F(8, [.. N(1, WriteRequestV2.ZigZag(-3)), .. F(2, [2])]), .. F(9, N(2, 1))], N(2, 2));
        byte[] summary = Metric("s", 11, [.. time, .. Fixed(4, 2), .. D(5, 4), .. F(6, [.. D(1, 0.9), .. D(2, 7)])]);
        byte[] list = F(2, F(5, [.. F(1, N(2, 1)), .. F(1, D(4, 1.5))]));
        byte[] resource = [.. F(1, [.. Text(1, "service.name"), .. F(2, Text(1, "shop"))]), .. F(1, [.. Text(1, "list"), .. list])];
        byte[] metrics = [.. F(2, gauge), .. F(2, sum), .. F(2, histogram), .. F(2, exponential), .. F(2, summary)];
        return F(1, [.. F(1, resource), .. F(2, [.. F(1, Text(1, "lib")), .. metrics])]);
    }

    private static byte[] Metric(string name, int field, byte[] point, byte[]? rest = null, string unit = "") => [.. Text(1, name), .. Text(3, unit), .. F(field, [.. F(1, point), .. rest ?? []])];

    private static byte[] F(int field, byte[] content) => WriteRequest.Field(field, content);

    private static byte[] Text(int field, string text) => F(field, Encoding.UTF8.GetBytes(text));

    private static byte[] N(int field, ulong value) => WriteRequestV2.Number(field, value);

    private static byte[] D(int field, double value) => WriteRequestV2.Double(field, value);

    private static byte[] Fixed(int field, ulong value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)(field << 3 | 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }
}
