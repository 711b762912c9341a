using Streamline.Query.Syntax;

namespace Streamline.Query.Tests.Syntax;

/// <summary>What a query is printed as; the print must parse to the same tree.</summary>
public sealed class CanonicalFormTests
{
    [Theory]
    // Numbers.
    [InlineData("1", "1")]
    [InlineData("-1", "-1")]
    [InlineData("+1", "1")]
    [InlineData("--1", "1")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1e3", "1000")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("123456789012345678901234567890", "123456789012345680000000000000")]
    [InlineData("0x1F", "31")]
    [InlineData("0xcafe", "51966")]
    [InlineData("017", "15")]
    [InlineData("089", "89")]
    [InlineData("1_000_000", "1000000")]
    [InlineData("1_0.2_5e1_0", "102500000000")]
    [InlineData("inf", "+Inf")]
    [InlineData("-Inf", "-Inf")]
    [InlineData("Inf ^ a", "Inf ^ a")]
    [InlineData("NaN", "NaN")]
    [InlineData("5m", "5m")]
    [InlineData("90s", "1m30s")]
    [InlineData("-1h30m", "-1h30m")]
    [InlineData("1w", "1w")]
    [InlineData("8d", "8d")]
    [InlineData("365d", "1y")]
    [InlineData("1500ms", "1s500ms")]
    // Strings.
    [InlineData("'it''", null)]
    [InlineData("'single'", "\"single\"")]
    [InlineData("\"a\\tb\\x41\\102\\u00e9\\U0001F600\"", "\"a\\tbABé😀\"")]
    [InlineData("\"\\xe2\\x82\\xac\"", "\"€\"")]
    [InlineData("`raw \\n \"quoted\"`", "\"raw \\\\n \\\"quoted\\\"\"")]
    // Selectors.
    [InlineData("up", "up")]
    [InlineData("a:b:c", "a:b:c")]
    [InlineData("up{}", "up")]
    [InlineData("up{z='1',a!='2',}", "up{a!=\"2\",z=\"1\"}")]
    [InlineData("up{a=~'x|y', b!~\"z.*\"}", "up{a=~\"x|y\",b!~\"z.*\"}")]
    [InlineData("{__name__=~'up|down'}", "{__name__=~\"up|down\"}")]
    [InlineData("{'my.metric', 'l.x'='v'}", "{\"l.x\"=\"v\",__name__=\"my.metric\"}")]
    [InlineData("{a='b', 'ok'}", "{__name__=\"ok\",a=\"b\"}")]
    [InlineData("up{sum='1',by='2'}", "up{by=\"2\",sum=\"1\"}")]
    // Ranges and modifiers.
    [InlineData("up[5m]", "up[5m]")]
    [InlineData("up[300]", "up[5m]")]
    [InlineData("up[ 1m30s ]", "up[1m30s]")]
    [InlineData("up offset 5m", "up offset 5m")]
    [InlineData("up OFFSET -300", "up offset -5m")]
    [InlineData("up[5m] offset 1w", "up[5m] offset 1w")]
    [InlineData("up @ 1609746000", "up @ 1609746000.000")]
    [InlineData("up @ -1.5", "up @ -1.500")]
    [InlineData("up @ 5m", "up @ 300.000")]
    [InlineData("up @ start()", "up @ start()")]
    [InlineData("up[1m] offset 1h @ end()", "up[1m] @ end() offset 1h")]
    [InlineData("up offset 1h @ 10", "up @ 10.000 offset 1h")]
    [InlineData("up anchored", "up anchored")]
    [InlineData("up[5m] smoothed offset 1m", "up[5m] smoothed offset 1m")]
    // Subqueries.
    [InlineData("up[1h:]", "up[1h:]")]
    [InlineData("up[1h:5m] @ end() offset 1d", "up[1h:5m] @ end() offset 1d")]
    [InlineData("rate(x[1m])[30m:10s][1h:1m]", null)]
    [InlineData("(a + b)[10m:1m]", "(a + b)[10m:1m]")]
    [InlineData("1[5m:1m]", null)]
    // Computed durations.
    [InlineData("up[5m*2]", "up[5m * 2]")]
    [InlineData("up[(1h+30m)/2 - 5]", "up[(1h + 30m) / 2 - 5]")]
    [InlineData("up[2^3^2]", "up[2 ^ 3 ^ 2]")]
    [InlineData("up[step()+1s]", "up[step() + 1s]")]
    [InlineData("up[range()]", "up[range()]")]
    [InlineData("up[MAX_OF(step(), 1m)]", "up[max_of(step(), 1m)]")]
    [InlineData("up offset -step()", "up offset -step()")]
    [InlineData("up offset (1h - 5m)", "up offset (1h - 5m)")]
    [InlineData("up offset -(1h % 7m)", "up offset -(1h % 7m)")]
    [InlineData("up offset min_of(1m, range())", "up offset min_of(1m, range())")]
    [InlineData("up[1h:step()*2]", "up[1h:step() * 2]")]
    [InlineData("up offset 5m * 2", "up offset 5m * 2")]
    [InlineData("up offset -5m ^ 2", "up offset -5m ^ 2")]
    // Operators.
    [InlineData("1+2*3", "1 + 2 * 3")]
    [InlineData("a or b and c unless d", "a or b and c unless d")]
    [InlineData("a ATAN2 b", "a atan2 b")]
    [InlineData("-a^2", "-a ^ 2")]
    [InlineData("a - -b", "a - -b")]
    [InlineData("1 == bool 2", "1 == bool 2")]
    [InlineData("a > bool on(x,y) b", "a > bool on (x, y) b")]
    [InlineData("a / on() group_left b", "a / on () group_left () b")]
    [InlineData("a * ignoring(l) group_right(m, n,) b", "a * ignoring (l) group_right (m, n) b")]
    [InlineData("a + on('x.y') b", "a + on (\"x.y\") b")]
    [InlineData("a + ignoring() b", "a + b")]
    [InlineData("a + fill(0) b", "a + fill (0) b")]
    [InlineData("a + on(x) fill_right(-1) fill_left(5m) b", "a + on (x) fill_left (300) fill_right (-1) b")]
    [InlineData("h </ 5", "h </ 5")]
    [InlineData("h >/ 0.5", "h >/ 0.5")]
    // Aggregations.
    [InlineData("sum(a)", "sum(a)")]
    [InlineData("SUM by(x) (a)", "sum by (x) (a)")]
    [InlineData("sum(a) without(x, 'y.z')", "sum without (x, \"y.z\") (a)")]
    [InlineData("sum by () (a)", "sum(a)")]
    [InlineData("sum without () (a)", "sum without () (a)")]
    [InlineData("topk(5, a) by (job)", "topk by (job) (5, a)")]
    [InlineData("quantile(0.9, a)", "quantile(0.9, a)")]
    [InlineData("count_values('v', a)", "count_values(\"v\", a)")]
    [InlineData("limitk(1, a)", "limitk(1, a)")]
    [InlineData("limit_ratio(-0.5, a)", "limit_ratio(-0.5, a)")]
    // Functions.
    [InlineData("rate(a[5m])", "rate(a[5m])")]
    [InlineData("time()", "time()")]
    [InlineData("hour()", "hour()")]
    [InlineData("round(a, 5)", "round(a, 5)")]
    [InlineData("label_join(a, 'd', ',', 'x', 'y')", "label_join(a, \"d\", \",\", \"x\", \"y\")")]
    [InlineData("info(a, {x='y'})", "info(a, {x=\"y\"})")]
    [InlineData("info(a, {})", "info(a, {})")]
    [InlineData("start() + end() + step() + range()", "start() + end() + step() + range()")]
    [InlineData("max_of(1, 2)", "max_of(1, 2)")]
    // Comments and white space.
    [InlineData("a # tail", "a")]
    [InlineData("# head\n a\n  +\t# middle\r\n b", "a + b")]
    [InlineData("a{ # inside\n x='1' }", "a{x=\"1\"}")]
    [InlineData("((a))", "((a))")]
    public void Parse_Expression_PrintsCanonically(string text, string? canonical)
    {
        if (canonical is null)
        {
            Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text));
            return;
        }
        Expr expr = PromqlParser.Parse(text);
        Assert.Equal(canonical, expr.ToString());
        Assert.Equal(TreeText.Of(expr), TreeText.Of(PromqlParser.Parse(canonical)));
    }

    [Theory]
    [InlineData("1 - 2 - 3", "((1 - 2) - 3)")]
    [InlineData("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))")]
    [InlineData("-a ^ 2", "-((a ^ 2))")]
    [InlineData("-a * 2", "(-(a) * 2)")]
    [InlineData("2 ^ -a * 3", "((2 ^ -(a)) * 3)")]
    [InlineData("a or b or c", "((a or b) or c)")]
    [InlineData("a or b and c", "(a or (b and c))")]
    [InlineData("a and b unless c", "((a and b) unless c)")]
    [InlineData("a == b + c", "(a == (b + c))")]
    [InlineData("a + b == c * d", "((a + b) == (c * d))")]
    [InlineData("a + b * c ^ d", "(a + (b * (c ^ d)))")]
    [InlineData("a % b atan2 c / d", "(((a % b) atan2 c) / d)")]
    [InlineData("a > b < c </ d", "(((a > b) < c) </ d)")]
    [InlineData("a + b offset 5m", "(a + b offset 5m)")]
    [InlineData("-a offset 5m", "-(a offset 5m)")]
    [InlineData("-a[5m:]", null)]
    public void Parse_Operators_BindAsInPrometheus(string text, string? grouped)
    {
        if (grouped is null) Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text));
        else Assert.Equal(grouped, TreeText.Grouped(PromqlParser.Parse(text)));
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("sum + avg")]
    [InlineData("by")]
    [InlineData("without{without=\"1\"}")]
    [InlineData("offset offset 5m")]
    [InlineData("offset{step=\"1s\"}[5m]")]
    [InlineData("and and and")]
    [InlineData("or or or")]
    [InlineData("unless unless unless")]
    [InlineData("start @ start()")]
    [InlineData("end - step / range")]
    [InlineData("fill + fill_left - fill_right")]
    [InlineData("anchored anchored")]
    [InlineData("smoothed[5m] smoothed")]
    [InlineData("max_of / min_of")]
    [InlineData("limitk * limit_ratio")]
    [InlineData("count_values > topk")]
    [InlineData("sum by (by, on, bool, ignoring, group_left, sum, offset, and, atan2, fill, start, anchored) (min)")]
    [InlineData("a * on (on) group_left (group_right) b")]
    [InlineData("x{and=\"2\",bool=\"5\",inf=\"3\",nan=\"4\",offset=\"1\"}")]
    public void Parse_KeywordAsName_IsName(string text) => Assert.Equal(text, PromqlParser.Parse(text).ToString());

    [Theory]
    [InlineData("bool")]
    [InlineData("on")]
    [InlineData("ignoring")]
    [InlineData("group_left")]
    [InlineData("atan2")]
    [InlineData("sum by (without) (a)")]
    public void Parse_KeywordThatNamesNothing_Fails(string text) => Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text));
}
