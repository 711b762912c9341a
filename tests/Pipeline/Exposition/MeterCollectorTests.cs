using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Tests.Exposition;

public sealed class MeterCollectorTests : IDisposable
{
    private readonly Meter _meter = new("mine");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void AllKindsOfInstruments_AreWrittenAsText()
    {
        using var collector = new MeterCollector(_meter);
        var counter = _meter.CreateCounter<long>("x_total", description: "Help \\ and\nmore.");
        counter.Add(2, new KeyValuePair<string, object?>("code", 200), new KeyValuePair<string, object?>("path", "a\"b"));
        counter.Add(3, new KeyValuePair<string, object?>("code", 200), new KeyValuePair<string, object?>("path", "a\"b"));
        var upDown = _meter.CreateUpDownCounter<int>("b_open");
        upDown.Add(5);
        upDown.Add(-2);
        _meter.CreateObservableGauge("c_size", () => new[] { new Measurement<double>(1.5, new KeyValuePair<string, object?>("k", "v")) });
        _meter.CreateObservableCounter("a_seen_total", () => 7L);
        var histogram = _meter.CreateHistogram("d_seconds", null, null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (double seconds in (double[])[0.1, 0.5, 3]) histogram.Record(seconds);
        string expected = """
            # TYPE a_seen_total counter
            a_seen_total 7
            # TYPE b_open gauge
            b_open 3
            # TYPE c_size gauge
            c_size{k="v"} 1.5
            # TYPE d_seconds histogram
            d_seconds_bucket{le="0.1"} 1
            d_seconds_bucket{le="1"} 2
            d_seconds_bucket{le="+Inf"} 3
            d_seconds_sum 3.6
            d_seconds_count 3
            # HELP x_total Help \\ and\nmore.
            # TYPE x_total counter
            x_total{code="200",path="a\"b"} 5

            """;
        Assert.Equal(expected, Text(collector));
    }

    [Fact]
    public void AnotherMeterOfTheSameName_IsNotSeen()
    {
        using var other = new Meter("mine");
        using var collector = new MeterCollector(_meter);
        other.CreateCounter<long>("other_total").Add(1);
        Assert.Equal("", Text(collector));
    }

    [Fact]
    public void ObservedCell_ThatIsGone_IsNotShown()
    {
        using var collector = new MeterCollector(_meter);
        Measurement<long>[] observed = [new(1, new KeyValuePair<string, object?>("k", "a")), new(2, new KeyValuePair<string, object?>("k", "b"))];
        _meter.CreateObservableGauge("g", () => observed);
        Assert.Contains("k=\"a\"", Text(collector), StringComparison.Ordinal);
        observed = observed[1..];
        Assert.DoesNotContain("k=\"a\"", Text(collector), StringComparison.Ordinal);
    }

    [Fact]
    public void ProcessMetrics_AreReadAndParseBack()
    {
        using var collector = new MeterCollector(_meter, new ProcessMetrics());
        var lines = Parsed.Text(Text(collector));
        foreach (string name in (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_virtual_memory_bytes", "dotnet_gc_heap_bytes"])
            Assert.Contains(lines, line => line.StartsWith($"{{__name__=\"{name}\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("error", StringComparison.Ordinal));
    }

    private static string Text(MeterCollector collector)
    {
        var buffer = new ArrayBufferWriter<byte>();
        collector.WriteText(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
