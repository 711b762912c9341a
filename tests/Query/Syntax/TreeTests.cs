using Streamline.Query.Syntax;

namespace Streamline.Query.Tests.Syntax;

/// <summary>Positions, ways over trees, the function table, computed durations.</summary>
public sealed class TreeTests
{
    [Fact]
    public void Parse_EveryNode_KnowsItsText()
    {
        string[] found = [.. Pieces("sum(-(rate( a{b='c'}[5m] offset 1h )) [1h:1m] @ 5) by (x) ^ 7")];
        Assert.Equal(
            [
                "sum(-(rate( a{b='c'}[5m] offset 1h )) [1h:1m] @ 5) by (x) ^ 7", "sum(-(rate( a{b='c'}[5m] offset 1h )) [1h:1m] @ 5) by (x)",
                "-(rate( a{b='c'}[5m] offset 1h )) [1h:1m] @ 5", "(rate( a{b='c'}[5m] offset 1h )) [1h:1m] @ 5", "(rate( a{b='c'}[5m] offset 1h ))",
                "rate( a{b='c'}[5m] offset 1h )", "a{b='c'}[5m] offset 1h", "a{b='c'}", "7",
            ],
            found);
    }

    private static IEnumerable<string> Pieces(string text)
    {
        // Not type-checked: the tree is what is looked at.
        Expr expr = new Query.Syntax.Parsing.Parser(text, SyntaxFeatures.All).ParseQuery();
        return expr.DescendantsAndSelf().Select(e => text[e.Start..e.End]);
    }

    [Fact]
    public void Selectors_GivesEachWithItsNameFirst()
    {
        Expr expr = PromqlParser.Parse("a{x='1'} + on(j) sum({j='2', __name__='b'}) / rate(c[5m])");
        Assert.Equal(
            ["__name__=\"a\",x=\"1\"", "__name__=\"b\",j=\"2\"", "__name__=\"c\""],
            expr.Selectors().Select(s => string.Join(',', s.Matchers)));
    }

    [Fact]
    public void WithChildren_Unchanged_IsTheSameNode()
    {
        Expr expr = PromqlParser.Parse("sum(a) + topk(1, b)");
        Assert.Same(expr, expr.WithChildren(c => c));
    }

    [Fact]
    public void WithChildren_Changed_KeepsEverythingElse()
    {
        string[] queries = ["sum by (x) (a)", "topk without (x) (5, a)", "-a", "(a)", "a + on (x) group_left (y) b", "a[1h:5m] @ end() offset 1m", "abs(a)", "a[5m] offset 1m"];
        foreach (string query in queries)
        {
            Expr expr = PromqlParser.Parse(query);
            Assert.Equal(query, expr.WithChildren(c => c with { Start = 99 }).ToString());
        }
    }

    [Theory]
    [InlineData("a[5m * 2]", "a[10m]")]
    [InlineData("a[step() + 5]", "a[20s]")]
    [InlineData("a[range() / 4]", "a[15m]")]
    [InlineData("a[max_of(step(), 1m)] offset -min_of(step(), 1m)", "a[1m] offset -15s")]
    [InlineData("sum(a offset (1h - 5m))", "sum(a offset 55m)")]
    [InlineData("a[2 ^ 3 ^ 2:7 % 4] offset -(10 - 4)", "a[8m32s:3s] offset -6s")]
    [InlineData("a[5m]", "a[5m]")]
    public void Resolve_ComputedDurations_AreNumbers(string text, string resolved) =>
        Assert.Equal(resolved, DurationResolver.Resolve(PromqlParser.Parse(text), 0, 3_600_000, 15_000).ToString());

    [Theory]
    [InlineData("a[5m - 10m]", "2:10: duration must be greater than 0")]
    [InlineData("a[1h:5 - 5]", "5:10: duration must be greater than 0")]
    [InlineData("a[5m / step()]", "2:13: division by zero")]
    [InlineData("a[5m % step()]", "2:13: modulo by zero")]
    [InlineData("a[2 ^ 1024]", "2:10: duration is NaN or infinite")]
    [InlineData("a offset (2 ^ 100)", "9:18: duration is out of range")]
    public void Resolve_NoDuration_IsAnError(string text, string message) =>
        Assert.Equal(message, Assert.Throws<QueryException>(() => DurationResolver.Resolve(PromqlParser.Parse(text), 0, 0, 0)).Message);

    [Fact]
    public void FunctionTable_IsPrometheus314()
    {
        Assert.Equal(90, FunctionTable.Functions.Count);
        Assert.Equal(
            [
                "double_exponential_smoothing", "end", "histogram_quantiles", "info", "mad_over_time", "max_of", "min_of", "range", "sort_by_label",
                "sort_by_label_desc", "start", "start_timestamp", "step", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time",
                "ts_of_min_over_time",
            ],
            FunctionTable.Functions.Where(f => f.IsExperimental).Select(f => f.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1 + 1", ValueType.Scalar)]
    [InlineData("'x'", ValueType.String)]
    [InlineData("1 + a", ValueType.Vector)]
    [InlineData("a[5m]", ValueType.Matrix)]
    [InlineData("-(scalar(a))", ValueType.Scalar)]
    [InlineData("a[1h:]", ValueType.Matrix)]
    public void Type_FollowsFromTheParts(string text, ValueType type) => Assert.Equal(type, PromqlParser.Parse(text).Type);
}
