using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>Labels that a metric brings beside its attributes: type and unit, bounds and quantiles.</summary>
public sealed class OtlpLabelsTests : IDisposable
{
    private OtlpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("gauge", "s", "m_seconds{__type__=gauge,__unit__=seconds}")]
    [InlineData("gauge", "", "m{__type__=gauge}")]
    [InlineData("gauge", "{things}", "m{__type__=gauge}")]
    [InlineData("counter", "By", "m_bytes_total{__type__=counter,__unit__=bytes}")]
    [InlineData("updown", "By/s", "m_bytes_per_second{__type__=gauge,__unit__=bytes_per_second}")]
    [InlineData("histogram", "ms", "m_milliseconds_bucket{__type__=histogram,__unit__=milliseconds,le=+Inf}", "m_milliseconds_count{__type__=histogram,__unit__=milliseconds}", "m_milliseconds_sum{__type__=histogram,__unit__=milliseconds}")]
    [InlineData("exponential", "ms", "m_milliseconds{__type__=histogram,__unit__=milliseconds}")]
    [InlineData("summary", "s", "m_seconds_count{__type__=summary,__unit__=seconds}", "m_seconds_sum{__type__=summary,__unit__=seconds}", "m_seconds{__type__=summary,__unit__=seconds,quantile=0.5}")]
    public async Task TypeAndUnit_AreLabels_WithTheFeature(string kind, string unit, params string[] series)
    {
        Use(typeAndUnit: true);
        Assert.Equal(200, (await SendAsync(kind, unit)).StatusCode);
        Assert.Equal(series.Order(StringComparer.Ordinal), Series());
    }

    [Fact]
    public async Task TypeAndUnit_StandOverAttributesOfTheirNames()
    {
        Use(typeAndUnit: true);
        await SendAsync("gauge", "s", OtlpBench.Attribute("__type__", "mine") + "," + OtlpBench.Attribute("__unit__", "mine"));
        Assert.Equal(["m_seconds{__type__=gauge,__unit__=seconds}"], Series());
    }

    [Fact]
    public async Task TypeAndUnit_AreNoLabels_WithoutTheFeature_NorEverOfTargetInfo()
    {
        string attributes = OtlpBench.Attribute("service.name", "shop") + "," + OtlpBench.Attribute("host.name", "h");
        string gauge = $$$$$"""{"name":"m","unit":"s","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1}]}}""";
        await _bench.MetricsAsync(gauge, attributes);
        Use(typeAndUnit: true);
        Assert.Equal(200, (await _bench.MetricsAsync(gauge.Replace("\"m\"", "\"n\"", StringComparison.Ordinal), attributes)).StatusCode);
        Assert.Equal(["n_seconds{__type__=gauge,__unit__=seconds,job=shop}", "target_info{host_name=h,job=shop}"], Series());
    }

    // Every digit that tells two doubles apart, and no exponent (otlptranslator's strconv 'f').
    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("5", "5")]
    [InlineData("-2.50", "-2.5")]
    [InlineData("1e3", "1000")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("123456789012345680", "123456789012345680")]
    [InlineData("1e21", "1000000000000000000000")]
    [InlineData("2.2250738585072015e-18", "0.0000000000000000022250738585072015")]
    public async Task Bounds_KeepAllTheirDigits(string bound, string label)
    {
        await _bench.MetricsAsync($$$$$"""
            {"name":"m","histogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"count":3,"bucketCounts":[1,2],"explicitBounds":[{{{{{bound}}}}}]}]}}
            """);
        Assert.Equal(["m_count{} 3 @0", $"m_bucket{{le={label}}} 1 @0", "m_bucket{le=+Inf} 3 @0"], _bench.Seen);
    }

    [Fact]
    public async Task Quantiles_KeepAllTheirDigits()
    {
        await _bench.MetricsAsync($$$$$"""{"name":"m","summary":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"count":1,"sum":2,"quantileValues":[{"quantile":0.99999999999,"value":1},{"quantile":1,"value":3},{"quantile":1e-6,"value":4}]}]}}""");
        Assert.Equal(["m{quantile=0.99999999999} 1 @0", "m{quantile=1} 3 @0", "m{quantile=0.000001} 4 @0"], _bench.Seen[2..]);
    }

    private Task<IngestAnswer> SendAsync(string kind, string unit, string attributes = "")
    {
        string point = $$$$$"""{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1,"count":1,"sum":1,"attributes":[{{{{{attributes}}}}}]""";
        string body = kind switch
        {
            "gauge" => $$$$$"""gauge":{"dataPoints":[{{{{{point}}}}}}]}""",
            "counter" => $$$$$"""sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{{{{{point}}}}}}]}""",
            "updown" => $$$$$"""sum":{"aggregationTemporality":2,"dataPoints":[{{{{{point}}}}}}]}""",
            "histogram" => $$$$$"""histogram":{"aggregationTemporality":2,"dataPoints":[{{{{{point}}}}}}]}""",
            "exponential" => $$$$$"""exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{{{{{point}}}}},"scale":0,"positive":{"bucketCounts":[1]}}]}""",
            _ => $$$$$"""summary":{"dataPoints":[{{{{{point}}}}},"quantileValues":[{"quantile":0.5,"value":1}]}]}""",
        };
        return _bench.MetricsAsync($$$$$"""{"name":"m","unit":"{{{{{unit}}}}}","{{{{{body}}}}}}""");
    }

    private IEnumerable<string> Series() => _bench.Seen.Select(s => s.Split(' ')[0]).Order(StringComparer.Ordinal);

    private void Use(bool typeAndUnit)
    {
        _bench.Dispose();
        _bench = new OtlpBench(new OtlpConfig(), typeAndUnit);
    }
}
