namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>
/// The syntax: good bodies are taken, broken ones refused. What is wrong in meaning only (a counter below zero, buckets that do not add up, interleaved families),
/// and a comma behind the last label, is taken as Prometheus takes it: targets that work there must work here.
/// </summary>
public sealed class OpenMetricsTests
{
    [Theory]
    [InlineData("a 1\n# EOF\n", """{__name__="a"} 1""")]
    [InlineData("a 1\n# EOF", """{__name__="a"} 1""")]
    [InlineData("a 1 1.5\n# EOF\n", """{__name__="a"} 1 @1500""")]
    [InlineData("a 1 98765432109876543210.5\n# EOF\n", """{__name__="a"} 1 @9223372036854775807""")]
    [InlineData("a{b=\"#\"} 1\n# EOF\n", """{__name__="a", b="#"} 1""")]
    [InlineData("a{b=\" # {\"} 1 # {t=\"}\"} 2\n# EOF\n", """{__name__="a", b=" # {"} 1""")]
    [InlineData("a_bucket{le=\"1\"} 1 2 # {trace_id=\"x y\"} 0.5 1.25\n# EOF\n", """{__name__="a_bucket", le="1"} 1 @2000""")]
    [InlineData("a_total 1 # {} 2\n# EOF\n", """{__name__="a_total"} 1""")]
    public void Sample(string body, string expected) => Assert.Equal([expected], Parsed.OpenMetrics(body));

    [Theory]
    [InlineData("a 1\n", "error 2: data does not end with # EOF")]
    [InlineData("a 1\n# EO", "error 2: data does not end with # EOF")]
    [InlineData("", "error 1: data does not end with # EOF")]
    [InlineData("# EOF\na 1\n", "error 1: unexpected data after # EOF")]
    [InlineData("\n# EOF\n", "error 1: empty line")]
    [InlineData("# a comment\n# EOF\n", "error 1: expected # HELP, # TYPE, # UNIT or # EOF")]
    [InlineData("a  1\n# EOF\n", "error 1: invalid or missing value")]
    [InlineData("a 1 \n# EOF\n", "error 1: invalid timestamp")]
    [InlineData("a 1 NaN\n# EOF\n", "error 1: invalid timestamp")]
    [InlineData("a 1 # {x=\"y\"}\n# EOF\n", "error 1: unexpected text after the value")]
    [InlineData("a 1 # x\n# EOF\n", "error 1: unexpected text after the value")]
    [InlineData("# HELP a\n# EOF\n", "error 1: expected a blank after the metric name")]
    [InlineData("# HELP a\tx\n# EOF\n", "error 1: expected a blank after the metric name")]
    [InlineData("# UNIT a\n# EOF\n", "error 1: expected a blank after the metric name")]
    [InlineData("# UNIT a seconds\n# EOF\n", "error 1: unit is not a suffix of the metric name")]
    [InlineData("# TYPE a untyped\n# EOF\n", "error 1: invalid metric type")]
    public void Rubbish_IsNamedWithItsLine(string body, string expected) => Assert.Equal(expected, Parsed.OpenMetrics(body)[^1]);

    [Fact]
    public void EveryRule_IsJudgedAsPrometheusJudgesIt()
    {
        foreach (var (rule, verdict, body) in OpenMetricsRules.All)
        {
            bool refused = Parsed.OpenMetrics(body) is [.., var last] && last.StartsWith("error ", StringComparison.Ordinal);
            Assert.True(refused == (verdict == OpenMetricsVerdict.Bad), $"{rule} should be {verdict}: {string.Join('\n', Parsed.OpenMetrics(body))}");
        }
    }

    [Fact]
    public void HelpThatIsNotUtf8_IsRefused()
    {
        byte[] help = [.. "# HELP a "u8, 0xFF, .. "\n"u8];
        Assert.Equal("error 1: invalid UTF-8 in a help text", Parsed.All(help, Pipeline.Exposition.ExpositionFormat.Text)[^1]);
        Assert.Equal("error 1: invalid UTF-8 in a help text", Parsed.All([.. help, .. "# EOF\n"u8], Pipeline.Exposition.ExpositionFormat.OpenMetrics)[^1]);
    }

    [Fact]
    public void Metadata_IsReported() =>
        Assert.Equal(
            ["type a_seconds gaugehistogram", "Unit a_seconds seconds", "Help a_seconds how  long", "type s stateset", "type u unknown"],
            Parsed.OpenMetrics("# TYPE a_seconds gaugehistogram\n# UNIT a_seconds seconds\n# HELP a_seconds how  long\n# TYPE s stateset\n# TYPE u unknown\n# EOF\n"));
}
