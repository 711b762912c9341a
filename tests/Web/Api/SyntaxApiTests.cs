using System.Text.Json;
using Streamline.Query.Syntax;
using Streamline.Web.Api;

namespace Streamline.Web.Tests.Api;

/// <summary><c>parse_query</c> and <c>format_query</c>: the shapes of Prometheus 3.14.</summary>
public sealed class SyntaxApiTests(ApiFixture server) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("-Inf", """{"type":"numberLiteral","val":"-Inf"}""")]
    [InlineData("1e-7", """{"type":"numberLiteral","val":"0.0000001"}""")]
    [InlineData("('a\\n')", """{"type":"parenExpr","expr":{"type":"stringLiteral","val":"a\n"}}""")]
    [InlineData("-(1)", """{"type":"unaryExpr","op":"-","expr":{"type":"parenExpr","expr":{"type":"numberLiteral","val":"1"}}}""")]
    [InlineData("up{a!=\"b\",c=~'d'} @ 1.5 offset -1m", """
        {"type":"vectorSelector","name":"up","matchers":[{"name":"a","type":"!=","value":"b"},{"name":"c","type":"=~","value":"d"},{"name":"__name__","type":"=","value":"up"}],
        "offset":-60000,"offsetExpr":null,"timestamp":1500,"startOrEnd":null,"anchored":false,"smoothed":false}
        """)]
    [InlineData("{'my.name', a='b'} @ end()", """
        {"type":"vectorSelector","name":"","matchers":[{"name":"__name__","type":"=","value":"my.name"},{"name":"a","type":"=","value":"b"}],
        "offset":0,"offsetExpr":null,"timestamp":null,"startOrEnd":"end","anchored":false,"smoothed":false}
        """)]
    [InlineData("rate(x[5m] smoothed)", """
        {"type":"call","func":{"name":"rate","argTypes":["matrix"],"variadic":0,"returnType":"vector"},"args":[
        {"type":"matrixSelector","range":300000,"rangeExpr":null,"name":"x","matchers":[{"name":"__name__","type":"=","value":"x"}],
        "offset":0,"offsetExpr":null,"timestamp":null,"startOrEnd":null,"anchored":false,"smoothed":true}]}
        """)]
    [InlineData("label_join(vector(1), 'a', ',')", """
        {"type":"call","func":{"name":"label_join","argTypes":["vector","string","string","string"],"variadic":-1,"returnType":"vector"},"args":[
        {"type":"call","func":{"name":"vector","argTypes":["scalar"],"variadic":0,"returnType":"vector"},"args":[{"type":"numberLiteral","val":"1"}]},
        {"type":"stringLiteral","val":"a"},{"type":"stringLiteral","val":","}]}
        """)]
    [InlineData("(vector(1))[1h:5m] @ start() offset 1m", """
        {"type":"subquery","expr":{"type":"parenExpr","expr":{"type":"call","func":{"name":"vector","argTypes":["scalar"],"variadic":0,"returnType":"vector"},"args":[{"type":"numberLiteral","val":"1"}]}},
        "range":3600000,"rangeExpr":null,"step":300000,"stepExpr":null,"offset":60000,"offsetExpr":null,"timestamp":null,"startOrEnd":"start"}
        """)]
    [InlineData("topk without (a, 'b.c') (3, x)", """
        {"type":"aggregation","op":"topk","expr":{"type":"vectorSelector","name":"x","matchers":[{"name":"__name__","type":"=","value":"x"}],"offset":0,"offsetExpr":null,
        "timestamp":null,"startOrEnd":null,"anchored":false,"smoothed":false},"param":{"type":"numberLiteral","val":"3"},"grouping":["a","b.c"],"without":true}
        """)]
    public void Write_EveryNode_InPrometheusShape(string query, string expected) => AssertJson(expected, Written(PromqlParser.Parse(query)));

    [Theory]
    [InlineData("x == bool on (a) group_left (b) y", """{"card":"many-to-one","labels":["a"],"on":true,"include":["b"],"fillValues":{"lhs":null,"rhs":null}}""")]
    [InlineData("x + ignoring (a) group_right () y", """{"card":"one-to-many","labels":["a"],"on":false,"include":[],"fillValues":{"lhs":null,"rhs":null}}""")]
    [InlineData("x unless y", """{"card":"many-to-many","labels":[],"on":false,"include":[],"fillValues":{"lhs":null,"rhs":null}}""")]
    [InlineData("x + fill_left (2) y", """{"card":"one-to-one","labels":[],"on":false,"include":[],"fillValues":{"lhs":2,"rhs":null}}""")]
    [InlineData("x + fill (NaN) y", """{"card":"one-to-one","labels":[],"on":false,"include":[],"fillValues":{"lhs":null,"rhs":null}}""")]
    [InlineData("x * 2", "null")]
    public void Write_Matching(string query, string expected)
    {
        using var document = JsonDocument.Parse(Written(PromqlParser.Parse(query)));
        AssertJson(expected, document.RootElement.GetProperty("matching").GetRawText());
        Assert.Equal(query.Contains("bool", StringComparison.Ordinal), document.RootElement.GetProperty("bool").GetBoolean());
    }

    [Theory]
    [InlineData("x[step()]", """{"type":"durationExpr","op":"step","lhs":null,"rhs":null,"wrapped":false}""")]
    [InlineData("x[(5m + 1) * 2]", """
        {"type":"durationExpr","op":"*","lhs":{"type":"durationExpr","op":"+","lhs":{"type":"numberLiteral","val":"300","duration":true},
        "rhs":{"type":"numberLiteral","val":"1","duration":false},"wrapped":true},"rhs":{"type":"numberLiteral","val":"2","duration":false},"wrapped":false}
        """)]
    [InlineData("x[-range() + max_of(1h, 2)]", """
        {"type":"durationExpr","op":"+","lhs":{"type":"durationExpr","op":"-","lhs":null,"rhs":{"type":"durationExpr","op":"range","lhs":null,"rhs":null,"wrapped":false},"wrapped":false},
        "rhs":{"type":"durationExpr","op":"max_of","lhs":{"type":"numberLiteral","val":"3600","duration":true},"rhs":{"type":"numberLiteral","val":"2","duration":false},"wrapped":false},"wrapped":false}
        """)]
    public void Write_ComputedDuration(string query, string expected)
    {
        using var document = JsonDocument.Parse(Written(PromqlParser.Parse(query)));
        AssertJson(expected, document.RootElement.GetProperty("rangeExpr").GetRawText());
        Assert.Equal(0, document.RootElement.GetProperty("range").GetInt64());
    }

    [Fact]
    public void Write_TreeAsHighAsTheParserAllows()
    {
        const int calls = 249;
        string deep = string.Concat(Enumerable.Repeat("abs(", calls)) + "x" + new string(')', calls);
        Assert.Equal(calls, Written(PromqlParser.Parse(deep)).Split("\"args\":").Length - 1);
    }

    [Fact]
    public async Task ParseQuery_AnswersTheTree()
    {
        var (status, answer) = await server.JsonAsync("/api/v1/parse_query?query=sum(up)");
        Assert.Equal(200, status);
        Assert.Equal("aggregation", answer.GetProperty("data").GetProperty("type").GetString());
    }

    [Fact]
    public async Task FormatQuery_SplitsWhatIsLongerThanALine()
    {
        string name = new('x', 60);
        var (_, answer) = await server.JsonAsync($"/api/v1/format_query?query={name}%2B{name}");
        Assert.Equal($"  {name}\n+\n  {name}", answer.GetProperty("data").GetString());
        var (_, shorter) = await server.JsonAsync("/api/v1/format_query?query=sum(a)by(b)");
        Assert.Equal("sum by (b) (a)", shorter.GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("parse_query?query=sum(")]
    [InlineData("format_query?query=sum(")]
    [InlineData("parse_query?query=start()")]
    public async Task BadQuery_IsBadData(string path)
    {
        var (status, answer) = await server.JsonAsync("/api/v1/" + path);
        Assert.Equal(400, status);
        Assert.StartsWith("invalid parameter \"query\": ", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static string Written(Expr expr)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) SyntaxJson.Write(json, expr);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    // Order of members is no part of JSON.
    private static void AssertJson(string expected, string actual)
    {
        using var a = JsonDocument.Parse(expected);
        using var b = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(a.RootElement, b.RootElement), $"expected {expected}\nactual {actual}");
    }
}
