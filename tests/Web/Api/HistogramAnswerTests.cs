using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Streamline.Web.Tests.Api;

/// <summary>Native histograms written over remote write and read back through the API, in Prometheus's shape.</summary>
public sealed class HistogramAnswerTests(HistogramAnswerTests.Fixture server) : IClassFixture<HistogramAnswerTests.Fixture>
{
    public sealed class Fixture : ApiFixture
    {
        protected override IReadOnlyList<string> MoreFlags => ["--query.max-samples=2000"];
    }

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000;

    [Fact]
    public async Task Instant_Histogram_HasBucketsWithTheirBoundaryRule()
    {
        await WriteAsync("exponential", Exponential(Now));
        var (status, answer) = await server.JsonAsync($"/api/v1/query?query=exponential&time={Seconds(Now)}");
        Assert.Equal(200, status);
        Assert.Equal(
            $$$"""{"resultType":"vector","result":[{"metric":{"__name__":"exponential"},"histogram":[{{{Seconds(Now)}}},{"count":"7.5","sum":"3.25","buckets":[[1,"-2","-1","2"],[3,"-0.001","0.001","1.5"],[0,"0.5","1","1"],[0,"2","4","3"]]}]}]}""",
            answer.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Instant_CustomBounds_AreOpenBelowButForTheFirst()
    {
        await WriteAsync("custom", Custom(Now));
        var (_, answer) = await server.JsonAsync($"/api/v1/query?query=custom&time={Seconds(Now)}");
        Assert.Equal(
            """[[3,"-Inf","5","1"],[0,"5","10","2"],[0,"10","+Inf","4"]]""",
            answer.GetProperty("data").GetProperty("result")[0].GetProperty("histogram")[1].GetProperty("buckets").GetRawText());
    }

    [Fact]
    public async Task Range_FloatsAndHistograms_StandBesideEachOther()
    {
        await WriteAsync("both", Exponential(Now - 10_000), Sample(Now, 42));
        var (_, answer) = await server.JsonAsync($"/api/v1/query_range?query=both&start={Seconds(Now - 10_000)}&end={Seconds(Now)}&step=10");
        var series = answer.GetProperty("data").GetProperty("result")[0];
        Assert.Equal($"""[[{Seconds(Now)},"42"]]""", series.GetProperty("values").GetRawText());
        Assert.Equal(1, series.GetProperty("histograms").GetArrayLength());
        Assert.Equal("7.5", series.GetProperty("histograms")[0][1].GetProperty("count").GetString());
    }

    [Fact]
    public async Task Range_OnlyHistograms_HasNoValues()
    {
        await WriteAsync("alone", Exponential(Now));
        var (_, answer) = await server.JsonAsync($"/api/v1/query?query=alone[1m]&time={Seconds(Now)}");
        var series = answer.GetProperty("data").GetProperty("result")[0];
        Assert.False(series.TryGetProperty("values", out _));
        Assert.Equal(1, series.GetProperty("histograms").GetArrayLength());
    }

    [Fact]
    public async Task MaxSamples_HistogramsCountWithTheirSize()
    {
        // Each histogram weighs 13 samples; 2,000 are allowed.
        await WriteAsync("light", [.. Enumerable.Range(0, 200).Select(i => Sample(Now - ((199 - i) * 100), i))]);
        await WriteAsync("heavy", [.. Enumerable.Range(0, 200).Select(i => Exponential(Now - ((199 - i) * 100)))]);
        var (light, _) = await server.JsonAsync($"/api/v1/query?query=light[1m]&time={Seconds(Now)}");
        var (heavy, answer) = await server.JsonAsync($"/api/v1/query?query=heavy[1m]&time={Seconds(Now)}");
        Assert.Equal((200, 422), (light, heavy));
        Assert.Contains("too many samples", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static string Seconds(long timestampMs) => (timestampMs / 1000).ToString(CultureInfo.InvariantCulture);

    // -- prometheus.WriteRequest, by hand ----------------------------------------

    private async Task WriteAsync(string name, params byte[][] points)
    {
        byte[] labels = Field(1, [.. Field(1, "__name__"u8), .. Field(2, Encoding.UTF8.GetBytes(name))]);
        byte[] message = Field(1, [.. labels, .. points.SelectMany(p => p)]);
        using var reply = await server.SendAsync(HttpMethod.Post, "/api/v1/write", null, request =>
        {
            request.Content = new ByteArrayContent(Snappy(message));
            request.Content.Headers.Add("Content-Type", "application/x-protobuf");
            request.Content.Headers.Add("Content-Encoding", "snappy");
        });
        Assert.True(reply.StatusCode == HttpStatusCode.NoContent, await reply.Content.ReadAsStringAsync());
    }

    private static byte[] Sample(long timestampMs, double value) => Field(2, [.. Number(1, value), .. Integer(2, timestampMs)]);

    private static byte[] Exponential(long timestampMs) => Field(4,
    [
        .. Number(2, 7.5), .. Number(3, 3.25), .. Number(5, 0.001), .. Number(7, 1.5),
        .. Span(8, 1, 1), .. Numbers(10, 2),
        .. Span(11, 0, 1), .. Span(11, 1, 1), .. Numbers(13, 1, 3),
        .. Integer(15, timestampMs),
    ]);

    private static byte[] Custom(long timestampMs) => Field(4,
    [
        .. Number(2, 7), .. Number(3, 30), .. Integer(4, ZigZag(-53)),
        .. Span(11, 0, 3), .. Numbers(13, 1, 2, 4), .. Integer(15, timestampMs), .. Numbers(16, 5, 10),
    ]);

    private static byte[] Span(int field, int offset, int length) => Field(field, [.. Integer(1, ZigZag(offset)), .. Integer(2, length)]);

    private static byte[] Numbers(int field, params double[] values) => Field(field, [.. values.SelectMany(v => Number(0, v)[1..])]);

    private static byte[] Number(int field, double value)
    {
        byte[] bytes = new byte[9];
        bytes[0] = (byte)(field << 3 | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static long ZigZag(int value) => (value << 1) ^ (value >> 31);

    private static byte[] Integer(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Field(int field, ReadOnlySpan<byte> content) => [.. Varint((ulong)(field << 3 | 2)), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>A snappy block of literals of at most 60 bytes.</summary>
    private static byte[] Snappy(byte[] content) =>
        [.. Varint((ulong)content.Length), .. content.Chunk(60).SelectMany(c => (byte[])[(byte)((c.Length - 1) << 2), .. c])];
}
