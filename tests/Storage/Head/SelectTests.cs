using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class SelectTests
{
    private static readonly string[] AllSeries =
        ["up,job=api,env=prod", "up,job=api,env=test", "up,job=db,env=prod", "up,job=db", "down,job=api", "x.y,job=web,env=prod"];

    [Theory]
    [InlineData("__name__", MatchOperator.Equal, "up", "0123")]
    [InlineData("__name__", MatchOperator.NotEqual, "up", "45")]
    [InlineData("__name__", MatchOperator.Regex, "up|down", "01234")]
    [InlineData("__name__", MatchOperator.Regex, "u.+|x.*", "01235")]
    [InlineData("__name__", MatchOperator.NotRegex, "u.+", "45")]
    [InlineData("env", MatchOperator.Equal, "prod", "025")]
    [InlineData("env", MatchOperator.Equal, "", "34")]
    [InlineData("env", MatchOperator.NotEqual, "", "0125")]
    [InlineData("env", MatchOperator.NotEqual, "prod", "134")]
    [InlineData("env", MatchOperator.Regex, "prod|", "02345")]
    [InlineData("env", MatchOperator.Regex, ".*", "012345")]
    [InlineData("env", MatchOperator.Regex, ".+", "0125")]
    [InlineData("env", MatchOperator.NotRegex, ".+", "34")]
    [InlineData("env", MatchOperator.NotRegex, "prod|test", "34")]
    [InlineData("none", MatchOperator.Equal, "", "012345")]
    [InlineData("none", MatchOperator.NotEqual, "", "")]
    [InlineData("job", MatchOperator.Equal, "nobody", "")]
    public void Matcher_SelectsItsSeries(string name, MatchOperator op, string value, string expected)
    {
        using var s = new Scenario();
        foreach (string series in AllSeries) s.Commit((series, Start, 1));
        // Once among few series, where labels are looked at, and once among many, where postings are.
        for (int more = 0; more <= 200; more += 200)
        {
            for (int i = 0; i < more; i++) s.Commit(($"filler,job=filler,env=filler{i},none=x", Start, 1));
            var matcher = new LabelMatcher(op, name, value);
            using var set = s.Db.Select([matcher, new LabelMatcher(MatchOperator.NotEqual, "job", "filler")], TimeRange.All, SelectHints.None);
            var found = Enumerable.Range(0, set.Count).Select(i => Array.FindIndex(AllSeries, a => Series(a) == set.LabelsAt(i))).Order();
            Assert.Equal(expected, string.Concat(found));
        }
    }

    [Fact]
    public void Range_LimitsSamplesAndSeries()
    {
        using var s = new Scenario();
        for (int i = 0; i < 600; i++) s.Commit(("a", Start + i * 1000, i));
        s.Commit(("late", Start + 590_000, 1));
        foreach (var (from, to) in new[] { (0, 10), (100, 140), (119, 121), (250, 599), (599, 9999) })
        {
            using var set = s.Db.Select([], new TimeRange(Start + from * 1000, Start + to * 1000), SelectHints.None);
            Assert.Equal(from <= 590 && to >= 590 ? 2 : 1, set.Count);
            Assert.Equal(Enumerable.Range(from, Math.Min(to, 599) - from + 1).Select(i => (Start + i * 1000L, (double)i)), Samples(set, 0));
        }
        Assert.Empty(Read(s.Db, new TimeRange(Start - 100, Start - 1)));
    }

    [Fact]
    public void LabelNamesAndValues_WithAndWithoutMatchers()
    {
        using var s = new Scenario();
        foreach (string series in AllSeries) s.Commit((series, Start, 1));
        LabelMatcher[] db = [new LabelMatcher(MatchOperator.Equal, "job", "db")];
        Assert.Equal(["__name__", "env", "job"], s.Db.LabelNames([], TimeRange.All));
        Assert.Equal(["__name__"], s.Db.LabelNames([], TimeRange.All, limit: 1));
        Assert.Equal(["__name__", "job"], s.Db.LabelNames([new LabelMatcher(MatchOperator.Equal, "__name__", "down")], TimeRange.All));
        Assert.Equal(["api", "db", "web"], s.Db.LabelValues("job", [], TimeRange.All));
        Assert.Equal(["prod"], s.Db.LabelValues("env", db, TimeRange.All));
        Assert.Empty(s.Db.LabelValues("env", [], new TimeRange(0, 1)));
        Assert.Empty(s.Db.LabelValues("nope", [], TimeRange.All));
    }

    [Fact]
    public void WatchSeries_ReportsEachSeriesOnce()
    {
        using var s = new Scenario();
        s.Commit(("a", Start, 1));
        var seen = new List<string>();
        var watch = s.Db.WatchSeries((handle, labels) => seen.Add($"{handle.Ref}{labels}"));
        s.Commit(("a", Start + 1, 1), ("b", Start + 1, 1));
        watch.Dispose();
        s.Commit(("c", Start + 1, 1));
        Assert.Equal(["1{__name__=\"a\"}", "2{__name__=\"b\"}"], seen);
    }

    [Fact]
    public void Handles_FindLabelsAndBack()
    {
        using var s = new Scenario();
        var handle = s.Resolve("a,x=1");
        Assert.Equal(handle, s.Resolve("a,x=1"));
        Assert.Equal(Series("a,x=1"), s.Db.LabelsOf(handle));
        Assert.True(s.Db.TryFind(Series("a,x=1"), out var found) && found == handle);
        Assert.False(s.Db.TryFind(Series("a,x=2"), out _));
        Assert.True(s.Db.IsLive(handle));
        Assert.False(s.Db.IsLive(new SeriesHandle(handle.Slot, handle.Ref + 1)));
        Assert.Null(s.Db.LabelsOf(SeriesHandle.None));
    }

    [Fact]
    public void Status_CountsSeriesAndValues()
    {
        using var s = new Scenario();
        foreach (string series in AllSeries) s.Commit((series, Start, 1));
        var status = s.Db.Status(2);
        Assert.Equal((6, 8, 6, Start, Start), (status.NumSeries, status.NumLabelPairs, status.ChunkCount, status.MinTimeMs, status.MaxTimeMs));
        Assert.Equal([new TsdbStat("up", 4), new TsdbStat("down", 1)], status.SeriesCountByMetricName);
        Assert.Equal([new TsdbStat("__name__", 3), new TsdbStat("job", 3)], status.LabelValueCountByLabelName);
        Assert.Contains(new TsdbStat("__name__=up", 4), status.SeriesCountByLabelValuePair);
    }
}
