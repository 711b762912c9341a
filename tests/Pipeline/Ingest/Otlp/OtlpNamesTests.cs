using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest.Otlp;

namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>Names under each strategy (OpenTelemetry specification, compatibility with Prometheus).</summary>
public sealed class OtlpNamesTests
{
    [Theory]
    [InlineData("http.server.duration", "ms", "Histogram", "http_server_duration_milliseconds")]
    [InlineData("http.requests", "1", "Counter", "http_requests_total")]
    [InlineData("total.requests", "", "Counter", "requests_total")]
    [InlineData("hit.ratio", "1", "Gauge", "hit_ratio")]
    [InlineData("load", "1", "Gauge", "load_ratio")]
    [InlineData("disk.io", "By/s", "Gauge", "disk_io_bytes_per_second")]
    [InlineData("bytes.read", "By", "Gauge", "bytes_read")]
    [InlineData("queue", "{items}", "Gauge", "queue")]
    [InlineData("flow", "m/{lap}", "Gauge", "flow_meters")]
    [InlineData("cpu", "%", "Gauge", "cpu_percent")]
    [InlineData("speed", "km/h", "Gauge", "speed_km_per_hour")]
    [InlineData("9lives", "", "Gauge", "_9lives")]
    [InlineData("a__b", "", "Gauge", "a_b")]
    [InlineData("température", "", "Gauge", "temp_rature")]
    public void Metric_EscapedWithSuffixes(string name, string unit, string type, string expected) =>
        Assert.Equal(expected, Names(OtlpTranslation.UnderscoreEscapingWithSuffixes).Metric(Make(name, unit, type)));

    [Theory]
    [InlineData(nameof(OtlpTranslation.UnderscoreEscapingWithoutSuffixes), "http_requests__x")]
    [InlineData(nameof(OtlpTranslation.NoUtf8EscapingWithSuffixes), "http.requests__x_seconds_total")]
    [InlineData(nameof(OtlpTranslation.NoTranslation), "http.requests__x")]
    public void Metric_OtherStrategies(string strategy, string expected) =>
        Assert.Equal(expected, Names(Enum.Parse<OtlpTranslation>(strategy)).Metric(Make("http.requests__x", "s", "Counter")));

    [Theory]
    [InlineData("requests.total", "", "Counter", "requests.total")]
    [InlineData("requests_total", "", "Counter", "requests_total")]
    [InlineData("rate.per_second", "By/s", "Gauge", "rate_bytes_per_second")]
    public void Metric_UnescapedSuffixes_StandOnce(string name, string unit, string type, string expected) =>
        Assert.Equal(expected.Replace("requests.total", "requests_total", StringComparison.Ordinal), Names(OtlpTranslation.NoUtf8EscapingWithSuffixes).Metric(Make(name, unit, type)));

    [Theory]
    [InlineData("http.method", "http_method")]
    [InlineData("a..b", "a__b")]
    [InlineData("1st", "key_1st")]
    [InlineData("_private", "key_private")]
    [InlineData("__reserved", "__reserved")]
    [InlineData("...", null)]
    public void Label_Escaped(string name, string? expected) => Assert.Equal(expected, Names(OtlpTranslation.UnderscoreEscapingWithSuffixes).Label(name));

    [Fact]
    public void Label_SwitchesOfTheConfiguration()
    {
        var names = new OtlpNames(new OtlpConfig { LabelNamePreserveMultipleUnderscores = false, LabelNameUnderscoreSanitization = false });
        Assert.Equal(("a_b", "_private"), (names.Label("a..b"), names.Label("_private")));
        Assert.Equal("a..b", Names(OtlpTranslation.NoTranslation).Label("a..b"));
    }

    private static OtlpNames Names(OtlpTranslation strategy) => new(new OtlpConfig { TranslationStrategy = strategy });

    private static OtlpMetric Make(string name, string unit, string type) => new()
    {
        Name = name,
        Unit = unit,
        Kind = type == "Counter" ? OtlpKind.Sum : Enum.Parse<OtlpKind>(type),
        IsMonotonic = type == "Counter",
    };
}
