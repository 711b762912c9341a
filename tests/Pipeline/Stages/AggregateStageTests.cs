using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class AggregateStageTests : IDisposable
{
    private readonly StageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("total", " 10:0 20:15 30:42")]
    [InlineData("increase", " 10:0 20:15 30:27")]
    [InlineData("sum", " 10:30 20:45 30:27")]
    [InlineData("count", " 10:2 20:2 30:2")]
    [InlineData("avg", " 10:15 20:22.5 30:13.5")]
    [InlineData("min", " 10:10 20:11 30:1")]
    [InlineData("max", " 10:20 20:30 30:26")]
    [InlineData("last", " 10:20 20:15 30:1")]
    public void Output_OfTwoCounters_OneOfThemReset(string output, string expected)
    {
        _bench.With(Stage(Config("m") with { Outputs = [output], By = ["job"] }));
        _bench.Send("m{job=a,i=1} 1 10", "m{job=a,i=2} 2 20", "other 1 1");
        _bench.Send("m{job=a,i=1} 11 11", "m{job=a,i=2} 12 30", "m{job=a,i=1} 19 15");
        _bench.Send("m{job=a,i=2} 21 26", "m{job=a,i=1} 29 1");
        _bench.Send("m{job=a,i=1} 41 1");
        Assert.Equal([$"m:10s_by_job_{output}{{job=a}}{expected}"], _bench.Stored($"m:10s_by_job_{output}"));
        Assert.Empty(_bench.Stored("m"));
        Assert.Equal(["other 1:1"], _bench.Stored("other"));
    }

    [Theory]
    [InlineData("job,code", "", "m:10s_by_job_code_sum{code=200,job=a} 10:3")]
    [InlineData("", "i,code", "m:10s_without_i_code_sum{job=a} 10:3")]
    [InlineData("", "", "m:10s_sum 10:3")]
    [InlineData("absent", "", "m:10s_by_absent_sum 10:3")]
    public void Names_SayWhatWasFolded(string by, string without, string expected)
    {
        _bench.With(Stage(Config("m") with { By = List(by), Without = List(without) }));
        _bench.Send("m{job=a,i=1,code=200} 1 1", "m{job=a,i=2,code=200} 2 2").Flush();
        string name = expected[..expected.IndexOfAny(['{', ' '])];
        Assert.Equal([expected.Replace("10:3", "2:3", StringComparison.Ordinal)], _bench.Stored(name));
    }

    [Fact]
    public void MetricsAndGroups_AreKeptApart()
    {
        _bench.With(Stage(Config("{job=~\"a|b\"}") with { By = ["job"] }));
        _bench.Send("m{job=a} 1 1", "n{job=a} 1 2", "m{job=b} 1 4", "m{job=c} 1 8", "m{job=a} 35 1");
        Assert.Equal(["m:10s_by_job_sum{job=a} 10:1", "m:10s_by_job_sum{job=b} 10:4"], _bench.Stored("m:10s_by_job_sum"));
        Assert.Equal(["n:10s_by_job_sum{job=a} 10:2"], _bench.Stored("n:10s_by_job_sum"));
        Assert.Equal(["m{job=c} 1:8"], _bench.Stored("m"));
    }

    [Fact]
    public void Inputs_AreDroppedOnPurpose_OrKept()
    {
        _bench.With(Stage(Config("m"))).Send("m 1 1", "other 1 1");
        Assert.Equal((1, 1), (_bench.Last.Accepted, _bench.Last.RejectedBy(RejectReason.Dropped)));
        Assert.Null(_bench.Last.FirstError);
        using var other = new StageBench();
        other.With(Stage(Config("m") with { KeepInput = true }, other)).Send("m 1 1", "m 12 2", "m 21 3");
        Assert.Equal(["m 1:1 12:2 21:3"], other.Stored("m"));
        Assert.Equal(["m:10s_sum 10:1"], other.Stored("m:10s_sum"));
        Assert.Equal(0, other.Last.Rejected);
    }

    [Fact]
    public void Window_ClosesOneIntervalBehindItsEnd()
    {
        _bench.With(Stage(Config("m")));
        _bench.Send("m 1 1").Send("m 19.999 2");
        Assert.Empty(_bench.Stored("m:10s_sum"));
        _bench.Send("m 20 3");
        Assert.Equal(["m:10s_sum 10:1"], _bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void LateSamples_CountUntilTheirWindowCloses()
    {
        var stage = Stage(Config("m"));
        _bench.With(stage);
        _bench.Send("m{i=1} 5 1").Send("m{i=1} 15 1").Send("m{i=2} 6 2").Send("m{i=1} 25 1").Send("m{i=3} 7 4");
        Assert.Equal(["m:10s_sum 10:3"], _bench.Stored("m:10s_sum"));
        Assert.Equal("1", stage.Details["samples too late"]);
        _bench.Send("m{i=1} 35 1");
        Assert.Equal(["m:10s_sum 10:3 20:1"], _bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void SampleThatIsNotNewer_CountsOnce()
    {
        var stage = Stage(Config("m") with { Outputs = ["sum", "max", "increase"] });
        _bench.With(stage).Send("m 1 10", "m 2 12", "m 2 99", "m 1.5 99").Send("m 25 13");
        Assert.Equal(["m:10s_sum 10:12"], _bench.Stored("m:10s_sum"));
        Assert.Equal(["m:10s_max 10:12"], _bench.Stored("m:10s_max"));
        Assert.Equal(["m:10s_increase 10:2"], _bench.Stored("m:10s_increase"));
        Assert.Equal("2", stage.Details["samples too late"]);
    }

    [Fact]
    public void SamplesDatedAhead_CloseNobodysWindow()
    {
        var stage = Stage(Config("m"));
        _bench.With(stage).Send("m{i=1} 3600 1", "m{i=2} 3611 5").Send("m{i=1} 3601 2").Flush();
        Assert.Equal(["m:10s_sum 3601:2"], _bench.Stored("m:10s_sum"));
        Assert.Equal("1", stage.Details["samples dated ahead"]);
    }

    [Fact]
    public void EndedMember_NoLongerCounts_AndLeavesNoSpikeWhenItReturns()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["count", "total"] }));
        _bench.Send("m{i=1} 1 100", "m{i=2} 1 100").Send("m{i=1} 11 110", "m{i=2} 11 stale").Send("m{i=1} 21 120", "m{i=2} 21 500").Send("m{i=2} 31 505", "m{i=1} 31 120").Send("m{i=1} 51 120");
        Assert.Equal(["m:10s_count 10:2 20:1 30:2 40:2"], _bench.Stored("m:10s_count"));
        Assert.Equal(["m:10s_total 10:0 20:10 30:20 40:25"], _bench.Stored("m:10s_total"));
    }

    [Fact]
    public void MemberThatEndsInTheNextWindow_CountsInThisOne()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["sum"] }));
        _bench.Send("m{i=1} 1 1", "m{i=2} 2 2").Send("m{i=2} 11 stale", "m{i=1} 12 1").Send("m{i=1} 31 1");
        Assert.Equal(["m:10s_sum 10:3 20:1"], _bench.Stored("m:10s_sum"));
    }

    [Fact]
    public void Group_EndsWithItsLastMember()
    {
        var stage = Stage(Config("m") with { By = ["job"], Outputs = ["total", "sum"] });
        _bench.With(stage);
        _bench.Send("m{job=a} 1 1", "m{job=b} 1 1").Send("m{job=a} 11 stale", "m{job=b} 11 5").Send("m{job=b} 31 6").Send("m{job=b} 51 6");
        Assert.Equal(["m:10s_by_job_total{job=a} 10:0 20:stale", "m:10s_by_job_total{job=b} 10:0 20:4 30:4 40:5"], _bench.Stored("m:10s_by_job_total"));
        Assert.Equal(["m:10s_by_job_sum{job=a} 10:1 20:stale", "m:10s_by_job_sum{job=b} 10:1 20:5 40:6"], _bench.Stored("m:10s_by_job_sum"));
        Assert.Equal("1", stage.Details["groups"]);
        _bench.Send("m{job=a} 61 7", "m{job=b} 85 6");
        Assert.Equal("m:10s_by_job_total{job=a} 10:0 20:stale 70:0", _bench.Stored("m:10s_by_job_total")[0]);
    }

    [Fact]
    public void SilentGroup_EndsAfterFiveMinutes_LongSilenceCostsThreeWindows()
    {
        _bench.With(Stage(Config("m") with { By = ["job"], Outputs = ["total"] }));
        _bench.Send("m{job=a} 1 1", "m{job=b} 1 1").Send("m{job=b} 2001 2");
        Assert.Equal(["m:10s_by_job_total{job=a} 10:0 1990:stale", "m:10s_by_job_total{job=b} 10:0 1990:stale"], _bench.Stored("m:10s_by_job_total"));
        _bench.Send("m{job=b} 2031 5");
        Assert.Equal("m:10s_by_job_total{job=b} 10:0 1990:stale 2010:0 2020:0", _bench.Stored("m:10s_by_job_total")[1]);
    }

    [Fact]
    public void Flush_ClosesWhatIsOpen_NotAheadOfTheSamples()
    {
        _bench.With(Stage(Config("m"))).Send("m 1 1").Send("m 13 2").Flush();
        Assert.Equal(["m:10s_sum 10:1 13:2"], _bench.Stored("m:10s_sum"));
        _bench.Flush();
        Assert.Equal(["m:10s_sum 10:1 13:2"], _bench.Stored("m:10s_sum"));
    }

    // Nothing is appended to a consumed series, and the head forgets such series: not while the stage reads it.
    [Fact]
    public void ConsumedCounter_KeepsItsReading_WhenTheHeadIsTruncated()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["total"] }));
        var (m, z, idle) = (Handle("m"), Handle("z"), Handle("idle"));
        for (int i = 0; i < 200; i++)
        {
            _bench.Send((m, i * 120, i), (z, i * 120, 1));
            _bench.Advance(TimeSpan.FromMinutes(2));
            if (i % 10 == 0) _bench.Store.Maintain();
        }
        _bench.Flush();
        Assert.Null(_bench.Store.LabelsOf(idle));
        Assert.NotNull(_bench.Store.LabelsOf(m));
        Assert.EndsWith(":199", Assert.Single(_bench.Stored("m:10s_total")), StringComparison.Ordinal);
    }

    [Fact]
    public void NaNAndInfinity_PassAsInPromql()
    {
        _bench.With(Stage(Config("m") with { Outputs = ["min", "max", "sum", "total"] }));
        _bench.Send("m{i=1} 1 NaN", "m{i=2} 2 3", "m{i=3} 3 Infinity").Send("m{i=1} 11 7", "m{i=2} 12 4", "m{i=2} 35 4");
        Assert.Equal(["m:10s_min 10:3 20:4"], _bench.Stored("m:10s_min"));
        Assert.Equal(["m:10s_max 10:+Inf 20:7"], _bench.Stored("m:10s_max"));
        Assert.Equal(["m:10s_sum 10:NaN 20:11"], _bench.Stored("m:10s_sum"));
        Assert.Equal(["m:10s_total 10:0 20:1"], _bench.Stored("m:10s_total"));
    }

    [Fact]
    public void KnownSeries_AllocateNothingPerSample()
    {
        var stage = Stage(Config("m") with { By = ["job"], Outputs = ["total", "sum", "max"] });
        var handles = Enumerable.Range(0, 1000).Select(i => _bench.Store.Resolve(StageBench.LabelsOf($"m{{job=a,i={i}}}"))).ToArray();
        for (int round = 0; round < 4; round++)
        {
            var batch = new SampleBatch("test", handles.Length);
            foreach (var handle in handles) batch.Add(handle, StageBench.Origin + round, round);
            long before = GC.GetAllocatedBytesForCurrentThread();
            stage.Process(batch);
            long spent = GC.GetAllocatedBytesForCurrentThread() - before;
            batch.Release();
            if (round > 1) Assert.Equal(0, spent);
        }
    }

    // What a plain computation over all samples gives, for times that come in order.
    [Fact]
    public void RandomSamples_AgreeWithAPlainComputation()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var bench = new StageBench();
            bench.With(Stage(Config("m") with { By = ["g"], Outputs = ["total", "sum", "count", "max"] }, bench));
            var samples = new List<(int Member, double Time, double Value)>();
            for (double time = 0.5; time < 200; time += random.Next(1, 30) / 10.0) samples.Add((random.Next(6), Math.Round(time, 1), random.Next(100)));
            foreach (var (member, time, value) in samples) bench.Send(FormattableString.Invariant($"m{{g={member % 2},i={member}}} {time} {value}"));
            foreach (string output in new[] { "sum", "count", "max" })
            {
                var expected = Enumerable.Range(0, 2).Select(g => $"m:10s_by_g_{output}{{g={g}}}" + Plain(samples.Where(s => s.Member % 2 == g).ToList(), samples[^1].Time, output));
                Assert.Equal(expected.Where(l => l.Contains(' ', StringComparison.Ordinal)), bench.Stored($"m:10s_by_g_{output}"));
            }
        }
    }

    private static string Plain(List<(int Member, double Time, double Value)> samples, double newest, string output)
    {
        var windows = samples.GroupBy(s => Math.Floor(s.Time / 10)).Where(w => w.Key < Math.Floor(newest / 10) - 1);
        return string.Concat(windows.Select(w => $" {(w.Key + 1) * 10}:{FloatText.Format(output switch
        {
            "sum" => w.GroupBy(s => s.Member).Sum(m => m.Last().Value),
            "count" => w.GroupBy(s => s.Member).Count(),
            _ => w.Max(s => s.Value),
        })}"));
    }

    [Theory]
    [InlineData("match: m, outputs: [sums]", "unknown output \"sums\"; there are total, increase, sum, count, avg, min, max, last")]
    [InlineData("match: m, outputs: [sum, sum]", "output \"sum\" stands twice")]
    [InlineData("match: m, outputs: []", "needs at least one output")]
    [InlineData("match: m, outputs: [sum], interval: 0s", "must be above 0")]
    [InlineData("match: 'rate(m[1m])', outputs: [sum]", "expected a plain selector")]
    public void BadConfiguration_IsNamed(string stage, string error)
    {
        string yaml = "pipelines: {p: {sources: [{push: {}}], stages: [{aggregate: {" + stage + "}}]}}";
        Assert.Contains(ConfigLoader.LoadText(yaml, "/tmp/p.yaml").Errors, e => e.Message.Contains(error, StringComparison.Ordinal));
    }

    private static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static AggregateStageConfig Config(string match) => new() { Match = new OneOrMany([match]), Interval = TimeSpan.FromSeconds(10), Outputs = ["sum"] };

    private SeriesHandle Handle(string name) => _bench.Store.Resolve(StageBench.LabelsOf(name));

    private AggregateStage Stage(AggregateStageConfig config, StageBench? bench = null) => new("a", config, (bench ?? _bench).Store, (bench ?? _bench).Time);
}
