namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>Points that the head cannot take: the sender is told with the labels of the first, the rest is stored.</summary>
public sealed class OtlpRefusalTests : IDisposable
{
    private readonly OtlpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task LatePoint_IsNamed_TheOthersStored()
    {
        await _bench.MetricsAsync(Gauge("a", 0, 1));
        var answer = await _bench.MetricsAsync(Gauge("a", -5, 2) + "," + Gauge("b", 0, 3));
        Assert.Equal((400, $"out of order sample ({{__name__=\"a\"}} at {_bench.NowMs - 5})"), (answer.StatusCode, answer.Message));
        Assert.Equal(["a 1", "b 3"], _bench.Store.Samples());
    }

    [Fact]
    public async Task SameTimeWithAnotherValue_IsADuplicate_WithTheSameValueFine()
    {
        await _bench.MetricsAsync(Gauge("a", 0, 1));
        Assert.Equal(200, (await _bench.MetricsAsync(Gauge("a", 0, 1))).StatusCode);
        var answer = await _bench.MetricsAsync(Gauge("a", 0, 2) + "," + Gauge("a", 1, 3));
        Assert.Equal((400, $"duplicate sample for timestamp ({{__name__=\"a\"}} at {_bench.NowMs})"), (answer.StatusCode, answer.Message));
        Assert.Equal(["a 1 3"], _bench.Store.Samples());
    }

    [Fact]
    public async Task PointFarAhead_IsRefused_TheOthersStored()
    {
        var answer = await _bench.MetricsAsync(Gauge("a", 11 * 60_000, 1) + "," + Gauge("b", 0, 2));
        Assert.Equal(400, answer.StatusCode);
        Assert.StartsWith("1 samples out of bounds", answer.Message, StringComparison.Ordinal);
        Assert.Equal(["b 2"], _bench.Store.Samples());
    }

    [Fact]
    public async Task TextTooLongForALabel_IsABadRequest()
    {
        string half = new('x', 1 << 19);
        var whole = await _bench.MetricsAsync(Gauge("a", 0, 1), OtlpBench.Attribute("b", half + half + "x"));
        Assert.Equal((400, "a text of 1048577 characters is longer than 1048576"), (whole.StatusCode, whole.Message));
        var joined = await _bench.MetricsAsync(Gauge("a", 0, 1) + "," + Gauge("b", 0, 1).Replace("\"asInt\"", $"\"attributes\":[{OtlpBench.Attribute("c.d", half)},{OtlpBench.Attribute("c_d", half)}],\"asInt\"", StringComparison.Ordinal));
        Assert.Equal((400, "attributes that share the label \"c_d\" have more than 1048576 characters together"), (joined.StatusCode, joined.Message));
        Assert.Equal(["a 1"], _bench.Store.Samples());
    }

    private string Gauge(string name, long offsetMs, int value) => $$$$"""{"name":"{{{{name}}}}","gauge":{"dataPoints":[{"timeUnixNano":{{{{_bench.Nanos(offsetMs)}}}},"asInt":{{{{value}}}}}]}}""";
}
