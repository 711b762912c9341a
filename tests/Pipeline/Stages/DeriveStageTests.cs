using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class DeriveStageTests : IDisposable
{
    private readonly StageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("free / total", "r{disk=a} 1:0.5|r{disk=b} 1:0.25")]
    [InlineData("sum(free)", "r 1:3")]
    [InlineData("sum by (disk) (free) > 1.5", "r{disk=a} 1:2")]
    [InlineData("free{disk='a'} or total", "r{disk=a} 1:2|r{disk=b} 1:4")]
    [InlineData("1 - free / total", "r{disk=a} 1:0.5|r{disk=b} 1:0.75")]
    [InlineData("scalar(sum(free)) * 2", "r 1:6")]
    [InlineData("label_replace(sum(free), 'x', 'y', '', '')", "r{x=y} 1:3")]
    [InlineData("count({disk=~'.+'})", "r 1:4")]
    [InlineData("free{disk='none'}", "")]
    public void Expression_IsComputedOverTheBatch(string expr, string expected)
    {
        _bench.With(Stage(expr)).Send("free{disk=a} 1 2", "free{disk=b} 1 1", "total{disk=a} 1 4", "total{disk=b} 1 4", "unrelated 1 9");
        Assert.Equal(expected, string.Join('|', _bench.Stored("r")));
        Assert.Equal(2, _bench.Stored("free").Count);
        Assert.Equal(0, _bench.Last.Rejected);
    }

    [Fact]
    public void Result_IsDatedAtTheNewestSample_AndSeesEachSeriesNewestValue()
    {
        _bench.With(Stage("sum(m)")).Send("m{i=1} 1 1", "m{i=1} 3 5", "m{i=2} 2 7", "other 9 1");
        Assert.Equal(["r 3:12"], _bench.Stored("r"));
    }

    [Fact]
    public void OtherBatches_AreNotSeen_AndPassUntouched()
    {
        _bench.With(Stage("sum(m) or vector(0)"));
        _bench.Send("m{i=1} 1 1").Send("m{i=2} 2 7").Send("other 3 1");
        Assert.Equal(["r 1:1 2:7"], _bench.Stored("r"));
    }

    [Fact]
    public void EndedSeries_AreNotThere()
    {
        _bench.With(Stage("sum(m)")).Send("m{i=1} 1 1", "m{i=2} 1 stale").Send("m{i=1} 2 stale", "m{i=2} 2 stale");
        Assert.Equal(["r 1:1"], _bench.Stored("r"));
    }

    [Fact]
    public void Labels_AreSet_OrTakenAway()
    {
        var stage = new DeriveStage("d", new DeriveStageConfig { Record = "r", Expr = "m", Labels = new Dictionary<string, string> { ["site"] = "x", ["i"] = "" } }, _bench.Store, _bench.Time);
        _bench.With(stage).Send("m{i=1,job=a} 1 1");
        Assert.Equal(["r{job=a,site=x} 1:1"], _bench.Stored("r"));
    }

    [Fact]
    public void ResultsOfOneName_AreAFailure_NotAGuess()
    {
        var stage = new DeriveStage("d", new DeriveStageConfig { Record = "r", Expr = "m", Labels = new Dictionary<string, string> { ["i"] = "" } }, _bench.Store, _bench.Time);
        _bench.With(stage).Send("m{i=1} 1 1", "m{i=2} 1 2");
        Assert.Empty(_bench.Stored("r"));
        Assert.Equal(2, _bench.Stored("m").Count);
        Assert.Equal(("1", "two results have the labels {__name__=\"r\"}"), (stage.Details["failures"], stage.Details["last error"]));
    }

    [Fact]
    public void FailedExpression_IsCounted_TheBatchPasses()
    {
        var stage = Stage("a + on(x) b");
        _bench.With(stage).Send("a{x=1,y=1} 1 1", "a{x=1,y=2} 1 1", "b{x=1} 1 1");
        Assert.Equal(2, _bench.Stored("a").Count);
        Assert.Equal("1", stage.Details["failures"]);
        _bench.Send("a{x=1,y=1} 2 1", "b{x=1} 2 1");
        Assert.Equal(["r{x=1} 2:2"], _bench.Stored("r"));
    }

    [Theory]
    [InlineData("record: r, expr: 'rate(m[5m])'", "a range selector needs samples of other times, and derive sees one batch only: use a recording rule")]
    [InlineData("record: r, expr: 'max_over_time(m[1h:1m])'", "a range selector needs")]
    [InlineData("record: r, expr: 'm offset 5m'", "an offset needs")]
    [InlineData("record: r, expr: 'm @ 5'", "the @ modifier needs")]
    [InlineData("record: r, expr: '1 + 2'", "the expression names no series")]
    [InlineData("record: r, expr: 'sum(('", "bad expression")]
    [InlineData("record: 'a b', expr: m", "\"a b\" is not a valid metric name")]
    [InlineData("record: r, expr: m, labels: {__name__: x}", "\"__name__\" is not a label name that may be set")]
    public void BadConfiguration_IsNamed(string stage, string error)
    {
        string yaml = "pipelines: {p: {sources: [{push: {}}], stages: [{derive: {" + stage + "}}]}}";
        Assert.Contains(ConfigLoader.LoadText(yaml, "/tmp/p.yaml").Errors, e => e.Message.StartsWith(error, StringComparison.Ordinal));
    }

    private DeriveStage Stage(string expr) => new("d", new DeriveStageConfig { Record = "r", Expr = expr }, _bench.Store, _bench.Time);
}
