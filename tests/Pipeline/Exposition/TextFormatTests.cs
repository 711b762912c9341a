namespace Streamline.Pipeline.Tests.Exposition;

public sealed class TextFormatTests
{
    [Theory]
    [InlineData("up 1\n", """{__name__="up"} 1""")]
    [InlineData("up 1 1700000000123\n", """{__name__="up"} 1 @1700000000123""")]
    [InlineData("up 1 -5\n", """{__name__="up"} 1 @-5""")]
    [InlineData("  up\t 1\t\n", """{__name__="up"} 1""")]
    [InlineData("a{} 2\n", """{__name__="a"} 2""")]
    [InlineData("a{b=\"c\"} 2\n", """{__name__="a", b="c"} 2""")]
    [InlineData("a{b=\"c\",} 2\n", """{__name__="a", b="c"} 2""")]
    [InlineData("a { b = \"c\" , d = \"e\" } 2 7\n", """{__name__="a", b="c", d="e"} 2 @7""")]
    [InlineData("a{b=\"}\"} 2\n", """{__name__="a", b="}"} 2""")]
    [InlineData("a{b=\"x} 5\"} 2\n", """{__name__="a", b="x} 5"} 2""")]
    [InlineData("a{b=\"q\\\"\\\\n\\n\\t\"} 2\n", """{__name__="a", b="q\"\\n\n\\t"} 2""")]
    [InlineData("a{b=\"\"} 2\n", """{__name__="a"} 2""")]
    [InlineData("{\"my.metric\",\"l.x\"=\"v\"} 3\n", """{__name__="my.metric", "l.x"="v"} 3""")]
    [InlineData("{x=\"y\",\"m é\"} 3\n", """{__name__="m é", x="y"} 3""")]
    [InlineData(":rule:x 1\n", """{__name__=":rule:x"} 1""")]
    [InlineData("a{b=\"c\"}1\n", """{__name__="a", b="c"} 1""")]
    [InlineData("\n\n# a comment\n#another\nup 1\n", """{__name__="up"} 1""")]
    [InlineData("a NaN\n", """{__name__="a"} NaN""")]
    [InlineData("a +Inf\n", """{__name__="a"} +Inf""")]
    [InlineData("a -inf\n", """{__name__="a"} -Inf""")]
    [InlineData("a 1.5e-3\n", """{__name__="a"} 0.0015""")]
    [InlineData("a -0\n", """{__name__="a"} -0""")]
    public void Sample(string body, string expected) => Assert.Equal([expected], Parsed.Text(body));

    [Theory]
    [InlineData("up 1", "error 1: last line does not end with a newline")]
    [InlineData("ok 1\nhttp_requests_total{code=\"2", "error 2: last line does not end with a newline")]
    [InlineData("up\n", "error 1: expected a value after the metric")]
    [InlineData("up \n", "error 1: invalid or missing value")]
    [InlineData("up one\n", "error 1: invalid or missing value")]
    [InlineData("up 1_0\n", "error 1: invalid or missing value")]
    [InlineData("up 0x10\n", "error 1: invalid or missing value")]
    [InlineData("up 1e999\n", "error 1: invalid or missing value")]
    [InlineData("up -NaN\n", "error 1: invalid or missing value")]
    [InlineData("up 1\r\n", "error 1: invalid or missing value")]
    [InlineData("up 1 2.5\n", "error 1: invalid timestamp")]
    [InlineData("up 1 2 3\n", "error 1: unexpected text after the timestamp")]
    [InlineData("9up 1\n", "error 1: invalid metric name")]
    [InlineData("a{b=\"c\" 1\n", "error 1: labels do not end")]
    [InlineData("a{b=\"x} 5\n", "error 1: expected a quoted label value")]
    [InlineData("a{b=c} 1\n", "error 1: expected a quoted label value")]
    [InlineData("a{b} 1\n", "error 1: expected = after the label name")]
    [InlineData("a{b=\"c\"d=\"e\"} 1\n", "error 1: expected , or } after a label")]
    [InlineData("a{b=\"c\",b=\"d\"} 1\n", "error 1: label name is not unique")]
    [InlineData("a{\"b\"} 1\n", "error 1: metric name is set twice")]
    [InlineData("{b=\"c\"} 1\n", "error 1: missing metric name")]
    [InlineData("{} 1\n", "error 1: missing metric name")]
    [InlineData("a{b=\"c\"}} 1\n", "error 1: unexpected text after the labels")]
    [InlineData("a b{} 1\n", "error 1: unexpected text after the metric name")]
    [InlineData("# TYPE a what\n", "error 1: invalid metric type")]
    [InlineData("# TYPE a\n", "error 1: invalid metric type")]
    [InlineData("<html>\n", "error 1: expected a value after the metric")]
    public void Rubbish_IsNamedWithItsLine(string body, string expected) => Assert.Equal(expected, Parsed.Text(body)[^1]);

    [Fact]
    public void Metadata_IsReported() =>
        Assert.Equal(
            ["Help a some help: x", "type a counter", "type h histogram", "Help my.name ", "type my.name unknown"],
            Parsed.Text("# HELP a some help: x\n# TYPE a counter\n#  TYPE\th  histogram \n# HELP \"my.name\"\n# TYPE \"my.name\" untyped\n"));

    [Theory]
    [InlineData("histogram", "le", "1", "1.0")]
    [InlineData("histogram", "le", "+Inf", "+Inf")]
    [InlineData("histogram", "le", "0.25", "0.25")]
    [InlineData("histogram", "le", "1000000", "1e+06")]
    [InlineData("histogram", "le", "2.50", "2.5")]
    [InlineData("histogram", "le", "x", "x")]
    [InlineData("histogram", "quantile", "1", "1")]
    [InlineData("summary", "quantile", "1", "1.0")]
    [InlineData("gauge", "le", "1", "1")]
    public void NumberLabels_AreSpeltAsFloats(string type, string label, string written, string stored) =>
        Assert.Equal($$"""{__name__="x", {{label}}="{{stored}}"} 1""", Parsed.Text($"# TYPE x {type}\nx{{{label}=\"{written}\"}} 1\n")[1]);

    [Fact]
    public void InvalidUtf8InALabelValue_IsAnError()
    {
        byte[] body = [.. "a{b=\""u8, 0xFF, .. "\"} 1\n"u8];
        Assert.Equal("error 1: invalid UTF-8 in a label value", Parsed.All(body, Pipeline.Exposition.ExpositionFormat.Text)[^1]);
    }
}
