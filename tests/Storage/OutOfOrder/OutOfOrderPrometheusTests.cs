using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Streamline.Storage.Encoding;
using static Streamline.Storage.Tests.RealPrometheus;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

/// <summary>The real Prometheus, with an out-of-order window, and we read each other's log of late samples and blocks made of them.</summary>
public sealed class OutOfOrderPrometheusTests
{
    private const string Config = "storage: {tsdb: {out_of_order_time_window: 6h}}\n";

    // With 1 every full chunk goes to a file at once, with a marker in the log.
    private static Scenario Window(int mapOutBytes = 1) => new(o => o with { OutOfOrderWindowMs = 6 * Hour, RetentionMs = 0, MapOutLateBytes = mapOutBytes });

    /// <summary>Enough late samples to fill chunks, some in the places of samples that came in order.</summary>
    private static IEnumerable<(string Series, long Time, double Value)> Late(double hours)
    {
        long newest = (long)(hours * Hour);
        for (int i = 0; i < 150; i++) yield return ("late,x=1", Start + newest - 1 - i * 61_000L, -i);
        for (int i = 0; i < 20; i++) yield return ("late,x=2", Start + newest - 15_000L * (i + 3), -i);
    }

    private static IEnumerable<(string Series, long Time, double Value)> InOrder(double fromHours, double toHours)
    {
        for (long t = (long)(fromHours * Hour); t < (long)(toHours * Hour); t += 15_000)
        {
            yield return ("late,x=1", Start + t, Math.Sin(t));
            yield return ("late,x=2", Start + t, t);
        }
        yield return ("newest", Start + (long)(toHours * Hour), 1);
    }

    [Fact]
    public async Task Promtool_DumpsOurLateSamples_FromLogAndBlocks()
    {
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed (apt install prometheus)");
        using var s = Window();
        s.Commit([.. InOrder(0, 2.5)]);
        Assert.Equal(170, s.Commit([.. Late(2.5)]).Accepted);
        var expected = Lines(s.Db);
        s.Crash();
        AssertSame(expected, await Dump(s.Options.Path));

        s.Open();
        s.Commit([.. InOrder(2.5, 5)]);
        s.Db.Maintain();
        Assert.Equal(170, s.Commit([.. Late(5)]).Accepted);
        Assert.NotEmpty(s.Db.Blocks);
        expected = Lines(s.Db);
        // Not by promtool 2.42, which takes the end of the last block for the beginning of the head even if that one is of late samples.
        AssertSame(expected, await Serve(s));
        s.Open();
        AssertSame(expected, Lines(s.Db));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public async Task Prometheus_ServesOurLateSamples_AndWeReadWhatItLeaves(int mapOutBytes)
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = Window(mapOutBytes);
        s.Commit([.. InOrder(0, 2.5)]);
        s.Commit([.. Late(2.5)]);
        var expected = Lines(s.Db);
        AssertSame(expected, await Serve(s));
        s.Open();
        AssertSame(expected, Lines(s.Db));
    }

    [Fact]
    public async Task Streamline_OpensTheLateSamplesThatPrometheusTook()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = Window();
        s.Db.Dispose();
        await RunPrometheus(s.Options.Path, Config, "-/ready", _ => true, feed: async http =>
        {
            await Write(http, InOrder(0, 2.5));
            await Write(http, Late(2.5));
        }, flags: "--web.enable-remote-write-receiver");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(s.Options.Path, "wbl")));
        await BothReadTheSame(s, 600 * 2 + 1 + 150);
    }

    [Fact]
    public async Task Streamline_OpensTheBlocksThatPrometheusMadeOfLateSamples()
    {
        Assert.SkipUnless(File.Exists(Prometheus) && File.Exists(Promtool), "prometheus is not installed (apt install prometheus)");
        using var s = Window();
        s.Db.Dispose();
        await RunPrometheus(s.Options.Path, Config, "metrics", m => m.Contains("prometheus_tsdb_vertical_compactions_total 1\n", StringComparison.Ordinal), feed: async http =>
        {
            await Write(http, InOrder(0, 2.9));
            // None in the place of another: after a start it has the late samples of its blocks once more in its head, and of three of a time chance decides.
            await Write(http, Late(2.9).Where(l => l.Series == "late,x=1"));
            await Write(http, InOrder(2.9, 3.5));
        }, flags: "--web.enable-remote-write-receiver");
        Assert.NotEmpty(Directory.GetDirectories(s.Options.Path, "01*"));
        await BothReadTheSame(s, 840 * 2 + 2 + 150);
    }

    private static async Task BothReadTheSame(Scenario s, int leastSamples)
    {
        var expected = await Serve(s);
        Assert.True(expected.Count >= leastSamples, $"{expected.Count} samples only");
        s.Open();
        AssertSame(expected, Lines(s.Db));
        Assert.Equal(1, s.Commit(("late,x=1", Start + Hour + 7, 7)).Accepted);
        expected = Lines(s.Db);
        AssertSame(expected, await Serve(s));
    }

    /// <summary>All samples as the server gives them.</summary>
    private static async Task<SortedSet<string>> Serve(Scenario s)
    {
        s.Crash();
        string question = string.Create(CultureInfo.InvariantCulture, $"api/v1/query?query={{__name__!=\"\"}}[20h]&time={(Start + 10 * Hour) / 1000}");
        string answer = await RunPrometheus(s.Options.Path, Config, question, a => a.Contains("values", StringComparison.Ordinal));
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        using var json = JsonDocument.Parse(answer);
        foreach (var series in json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            var labels = Labels.Of([.. series.GetProperty("metric").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!))]);
            foreach (var sample in series.GetProperty("values").EnumerateArray())
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{labels} {Bits(double.Parse(sample[1].GetString()!, CultureInfo.InvariantCulture))} {sample[0].GetDecimal() * 1000:0}"));
        }
        return lines;
    }

    /// <summary>Remote write 1.0, each sample in a series of its own so that their order is kept.</summary>
    private static async Task Write(HttpClient http, IEnumerable<(string Series, long Time, double Value)> samples)
    {
        var body = new MemoryStream();
        foreach (var sample in samples)
        {
            using var series = new MemoryStream();
            foreach (var (name, value) in Series(sample.Series).ToPairs())
            {
                byte[] nameUtf8 = System.Text.Encoding.UTF8.GetBytes(name), valueUtf8 = System.Text.Encoding.UTF8.GetBytes(value);
                byte[] label = [0x0A, (byte)nameUtf8.Length, .. nameUtf8, 0x12, (byte)valueUtf8.Length, .. valueUtf8];
                series.Write([0x0A, (byte)label.Length, .. label]);
            }
            byte[] point = new byte[9 + 1 + Varint.MaxBytes];
            point[0] = 0x09;
            BinaryPrimitives.WriteDoubleLittleEndian(point.AsSpan(1), sample.Value);
            point[9] = 0x10;
            int length = 10 + Varint.Write(point.AsSpan(10), (ulong)sample.Time);
            series.Write([0x12, (byte)length, .. point.AsSpan(0, length)]);
            body.Write([0x0A, (byte)series.Length, .. series.ToArray()]);
        }
        byte[] packed = new byte[Snappy.MaxEncodedBytes((int)body.Length)];
        using var content = new ByteArrayContent(packed, 0, Snappy.Encode(body.ToArray(), packed));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using var response = await http.PostAsync(new Uri("api/v1/write", UriKind.Relative), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
