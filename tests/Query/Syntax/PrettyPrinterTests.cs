using Streamline.Query.Syntax;

namespace Streamline.Query.Tests.Syntax;

/// <summary>Queries over several lines, with a narrow line so that the tables stay readable.</summary>
public sealed class PrettyPrinterTests
{
    [Theory]
    [InlineData("a+b", "a + b")]
    [InlineData("sum(a)", "sum(a)")]
    [InlineData("sum(requests) by (job)", "sum by (job) (\n  requests\n)")]
    [InlineData("topk(3, requests)", "topk(\n  3,\n  requests\n)")]
    [InlineData("requests / on(job) limits", "  requests\n/ on (job)\n  limits")]
    [InlineData("aaaa + bbbb - cccc", "    aaaa\n  +\n    bbbb\n-\n  cccc")]
    [InlineData("requests > bool 1", "  requests\n> bool\n  1")]
    [InlineData("rate(requests[5m])", "rate(\n  requests[5m]\n)")]
    [InlineData("round(rate(a[5m]), 5)", "round(\n  rate(\n    a[5m]\n  ),\n  5\n)")]
    [InlineData("(requests_all)", "(\n  requests_all\n)")]
    [InlineData("((requests))", "(\n  (requests)\n)")]
    [InlineData("-sum(requests)", "-sum(\n  requests\n)")]
    [InlineData("requests{job='some',code='500'}", "requests{code=\"500\",job=\"some\"}")]
    [InlineData("max_over_time(rate(requests[5m])[1h:] offset 1m)", "max_over_time(\n  rate(\n    requests[5m]\n  )[1h:] offset 1m\n)")]
    [InlineData("time() - 86400000", "  time()\n-\n  86400000")]
    public void Print_TooLongForTheLine_IsSplit(string text, string pretty)
    {
        Expr expr = PromqlParser.Parse(text);
        Assert.Equal(pretty, PrettyPrinter.Print(expr, 10));
        Assert.Equal(TreeText.Of(expr), TreeText.Of(PromqlParser.Parse(pretty)));
    }

    [Fact]
    public void Format_AHundredBytes_StayOnALine()
    {
        string metric = new('m', 97);
        Assert.Equal($"-({metric})", PromqlParser.Format(PromqlParser.Parse($"-({metric})")));
        Assert.Equal($"(\n  {metric}mmm\n)", PromqlParser.Format(PromqlParser.Parse($"({metric}mmm)")));
    }
}
