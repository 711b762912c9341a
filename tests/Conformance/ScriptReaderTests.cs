using Streamline.Conformance.Running;
using Streamline.Conformance.Scripting;
using Streamline.Storage;

namespace Streamline.Conformance;

/// <summary>The script language itself: a runner that accepts everything proves nothing.</summary>
public sealed class ScriptReaderTests
{
    [Theory]
    [InlineData("m 1 2 3", "1 2 3")]
    [InlineData("m 1+2x3", "1 3 5 7")]
    [InlineData("m 10-5x2", "10 5 0")]
    [InlineData("m -1.5x2", "-1.5 -1.5 -1.5")]
    [InlineData("m _ 1 _x3 2", "_ 1 _ _ _ 2")]
    [InlineData("m stale NaN Inf -Inf", "stale NaN Inf -Inf")]
    [InlineData("m 1e3 .5 0-1e-1x1", "1000 0.5 0 -0.1")]
    [InlineData("m {{schema:0 count:1}} 2 {{}}+{{count:1}}x2", "H 2 H H H")]
    public void Read_Points_AreExpanded(string line, string points) =>
        Assert.Equal(points, string.Join(' ', SeriesReader.Read(line).Points.Select(Shown)));

    private static string Shown(ScriptPoint point) => point switch
    {
        { IsAbsent: true } => "_",
        { Histogram: not null } => "H",
        _ when StaleMarker.Is(point.Value) => "stale",
        { Value: double.PositiveInfinity } => "Inf",
        { Value: double.NegativeInfinity } => "-Inf",
        _ => point.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    [Theory]
    [InlineData("m{a=\"x y\", b='}'} 1", "{__name__=\"m\", a=\"x y\", b=\"}\"}")]
    [InlineData("{__name__=\"m\"} 1", "{__name__=\"m\"}")]
    [InlineData("{} 1", "{}")]
    public void Read_Labels(string line, string labels) => Assert.Equal(labels, SeriesReader.Read(line).Labels.ToString());

    [Theory]
    [InlineData("m 1 2 oops")]
    [InlineData("m{a=~\"x\"} 1")]
    [InlineData("m{a=\"x\" 1")]
    public void Read_Nonsense_IsAFailedCommand(string line)
    {
        ScriptCommand command = Assert.Single(ScriptReader.Read($"load 1m\n  {line}\n"));
        Assert.IsType<UnreadableCommand>(command);
    }

    [Fact]
    public void Read_EvalWithExpectations()
    {
        var eval = Assert.IsType<EvalCommand>(Assert.Single(ScriptReader.Read("# head\neval range from 0 to 2m step 30s sum(m)\n  expect warn msg: a b\n  {} 1 2\n")));
        Assert.Equal(("sum(m)", 0L, 120_000L, 30_000L, 2), (eval.Query, eval.StartMs, eval.EndMs, eval.StepMs, eval.Line));
        Assert.True(eval.Expectations[0].Matches("a b"));
        Assert.False(eval.Expectations[0].Matches("a b c"));
        Assert.Single(eval.Series);
    }

    [Theory]
    [InlineData("eval instant at 0 1\n  2", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 1\n  1", OutcomeKind.Passed)]
    [InlineData("eval instant at 0 1\n  {} 1", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m\n  m 6", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m\n  m 5\n  n 5", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m\n", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m\n  m 5", OutcomeKind.Passed)]
    [InlineData("eval instant at 0 m\n  expect fail\n", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m +\n  expect fail\n", OutcomeKind.Passed)]
    [InlineData("eval instant at 0 m +\n  m 5\n", OutcomeKind.Failed)]
    [InlineData("eval range from 0 to 2m step 1m m\n  m 5 6 7", OutcomeKind.Passed)]
    [InlineData("eval range from 0 to 2m step 1m m\n  m 5 6", OutcomeKind.Failed)]
    [InlineData("eval range from 0 to 2m step 1m m\n  m 5 _ 7", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 h\n  {} 1", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 h\n  h 1", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 m\n  m {{count:1}}", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 h\n  h {{count:2}}", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 h\n  h {{count:1}}", OutcomeKind.Passed)]
    [InlineData("eval instant at 0 h\n  h {{count:1 counter_reset_hint:unknown}}", OutcomeKind.Passed)]
    [InlineData("eval instant at 0 h\n  h {{count:1 counter_reset_hint:gauge}}", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 h\n  h {{count:1 colour:1}}", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 'a'\n  expect string \"b\"", OutcomeKind.Failed)]
    [InlineData("eval instant at 0 'a'\n  expect string \"a\"", OutcomeKind.Passed)]
    [InlineData("evaluate this", OutcomeKind.Failed)]
    public async Task Run_TellsRightFromWrong(string command, object kind)
    {
        Outcome outcome = Assert.Single(await ScriptRunner.RunAsync($"load 1m\n  m 5 6 7\n  h {{{{count:1}}}}\n\n{command}\n"));
        Assert.True(outcome.Kind == (OutcomeKind)kind, outcome.ToString());
    }
}
