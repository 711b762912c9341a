using Streamline.Pipeline.Config;
using Streamline.Storage;
using static Streamline.Pipeline.Tests.Rules.RuleRig;

namespace Streamline.Pipeline.Tests.Rules;

public sealed class LiveRulesTests : IDisposable
{
    private readonly RuleRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Early_BreachWithoutFor_FiresWithinOneRun()
    {
        _rig.Load(Group("g", 60, Alert("High", "load > 10")));
        _rig.Rules.RunDue();
        _rig.Advance(500);
        _rig.Write("load", 11, ("host", "a"));
        _rig.Rules.RunDue();

        var alert = Assert.Single(_rig.Rule("High").Alerts);
        Assert.Equal((AlertState.Firing, _rig.Now, 11.0), (alert.State, alert.ActiveAtMs, alert.Value));
        var sent = Assert.Single(_rig.Sent);
        Assert.Equal("""{alertname="High", host="a"}""", sent.Labels.ToString());
        Assert.Equal((_rig.Now, _rig.Now + 4 * 60_000), (sent.StartsAtMs, sent.EndsAtMs));
        Assert.Equal("http://me/graph?g0.expr=load+%3E+10&g0.tab=1", sent.GeneratorUrl);
        Assert.Equal("""{__name__="ALERTS", alertname="High", alertstate="firing", host="a"} 1""", _rig.Query("ALERTS"));
    }

    [Fact]
    public void Early_ConditionEnds_ResolvesAtTheSlotOnly()
    {
        _rig.Load(Group("g", 10, Alert("High", "load > 10")));
        _rig.Advance(10_000);
        _rig.Write("load", 11);
        _rig.Rules.RunDue();
        long next = NextSlotAfter(_rig.Now, 10_000);
        _rig.Advance(200);
        _rig.Write("load", 1);
        _rig.Advance(next - _rig.Now - 100, stepMs: 1);
        Assert.Equal(AlertState.Firing, _rig.Rule("High").State);

        _rig.Advance(100, stepMs: 1);
        Assert.Equal(AlertState.Inactive, _rig.Rule("High").State);
        Assert.Equal(next, _rig.Sent[^1].EndsAtMs);
        Assert.Equal("", _rig.Query("ALERTS"));
    }

    [Fact]
    public void Histograms_AreRecorded_AndAlertedOn()
    {
        var recording = new RuleConfig { Record = "twice", Expr = "2 * latency" };
        _rig.Load(Group("g", 10, recording, Alert("Any", "latency") with { Annotations = new Dictionary<string, string> { ["was"] = "{{ $value }}" } }));
        _rig.Advance(NextSlotAfter(_rig.Now, 10_000) - _rig.Now + 100, stepMs: 50);
        _rig.Write("latency", new NativeHistogram
        {
            Schema = 0,
            Count = 3,
            Sum = 5,
            PositiveSpanArray = [new HistogramSpan(0, 2)],
            PositiveBucketArray = [1, 2],
        });
        _rig.Advance(10_000);

        Assert.Equal("{} 6", _rig.Query("histogram_count(twice)"));
        var alert = Assert.Single(_rig.Rule("Any").Alerts);
        Assert.Equal((AlertState.Firing, 0.0), (alert.State, alert.Value));
        Assert.Contains(KeyValuePair.Create("was", "{count:3, sum:5, (0.5,1]:1, (1,2]:2}"), alert.Annotations);
    }

    [Fact]
    public void For_FiresAtReEvaluationOnceElapsed()
    {
        _rig.Load(Group("g", 60, Alert("High", "load > 10", forSeconds: 2)));
        _rig.Advance(NextSlotAfter(_rig.Now, 60_000) - _rig.Now + 100, stepMs: 50);
        _rig.Write("load", 11);
        _rig.Rules.RunDue();
        Assert.Equal(AlertState.Pending, _rig.Rule("High").State);
        Assert.Empty(_rig.Sent);
        long since = _rig.Now;

        _rig.Advance(1500);
        _rig.Write("load", 12);
        _rig.Rules.RunDue();
        Assert.Equal(AlertState.Pending, _rig.Rule("High").State);

        _rig.Advance(600);
        _rig.Write("load", 13);
        _rig.Rules.RunDue();
        var alert = Assert.Single(_rig.Rule("High").Alerts);
        Assert.Equal((AlertState.Firing, since, 13.0), (alert.State, alert.ActiveAtMs, alert.Value));
        Assert.Equal("""{__name__="ALERTS", alertname="High", alertstate="firing"} 1""", _rig.Query("ALERTS"));
        Assert.Equal($$"""{__name__="ALERTS_FOR_STATE", alertname="High"} {{since / 1000}}""", _rig.Query("ALERTS_FOR_STATE"));
    }

    [Fact]
    public void Interval_Group_WaitsForItsSlot()
    {
        _rig.Load(Group("g", 10, Alert("High", "load > 10")) with { Evaluation = new RuleEvaluationConfig { Alerting = RuleEvaluation.Interval } });
        _rig.Rules.RunDue();
        _rig.Write("load", 11);
        _rig.Rules.RunDue();
        Assert.Empty(_rig.Sent);
        Assert.False(_rig.Rule("High").IsStreaming);
        _rig.Advance(10_000);
        Assert.Single(_rig.Sent);
    }

    [Fact]
    public void For_PendingThatVanishes_IsDroppedAtSlot()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10", forSeconds: 30)));
        _rig.Write("load", 11);
        _rig.Advance(1000);
        Assert.Equal(AlertState.Pending, _rig.Rule("High").State);
        _rig.Write("load", 1);
        _rig.Advance(1000);
        Assert.Empty(_rig.Rule("High").Alerts);
        Assert.Empty(_rig.Sent);
    }

    [Fact]
    public void KeepFiringFor_HoldsTheAlert_ThenResolves()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10", keepSeconds: 5)));
        _rig.Write("load", 11);
        _rig.Advance(1000);
        _rig.Write("load", 1);
        _rig.Advance(1000);
        Assert.NotNull(Assert.Single(_rig.Rule("High").Alerts).KeepFiringSinceMs);
        _rig.Advance(3500);
        Assert.Equal(AlertState.Firing, _rig.Rule("High").State);
        _rig.Advance(2000);
        Assert.Equal(AlertState.Inactive, _rig.Rule("High").State);
        Assert.True(_rig.Sent[^1].IsResolvedAt(_rig.Now));
    }

    [Fact]
    public void Firing_IsSentAgainAfterResendDelay_AndResolvedAgainToo()
    {
        _rig.Load(Group("g", 10, Alert("High", "load > 10")));
        for (int i = 0; i < 13; i++)
        {
            _rig.Write("load", 11);
            _rig.Advance(10_000, stepMs: 1000);
        }
        Assert.InRange(_rig.Sent.Count, 2, 3);
        _rig.Write("load", 1);
        _rig.Advance(100_000, stepMs: 1000);
        Assert.True(_rig.Sent.Count(s => s.IsResolvedAt(_rig.Now)) >= 2);
    }

    [Fact]
    public void Post_FullTarget_IsOfferedAgainAtTheNextSlot()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10")));
        _rig.Room = 0;
        _rig.Write("load", 11);
        _rig.Advance(100);
        Assert.Empty(_rig.Sent);
        _rig.Room = 100;
        _rig.Advance(1000);
        Assert.Single(_rig.Sent);
    }

    [Fact]
    public void AheadSample_WakesTheRuleAtItsTime()
    {
        _rig.Load(Group("g", 60, Alert("High", "load > 10")));
        _rig.Rules.RunDue();
        _rig.Advance(100);
        long at = _rig.Now + 2000;
        _rig.WriteAt(at, "load", 11);
        Assert.True(_rig.Rules.RunDue() <= at);
        _rig.Advance(1900);
        Assert.Empty(_rig.Sent);
        _rig.Advance(200);
        Assert.Single(_rig.Sent);
    }

    [Fact]
    public void Early_SameRule_PausesBetweenRuns()
    {
        _rig.Load(Group("g", 60, Alert("High", "load > 10")));
        _rig.Rules.RunDue();
        _rig.Advance(100);
        int before = _rig.Evaluations;
        for (int i = 0; i < 20; i++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(1));
            _rig.Write("load", i);
            _rig.Rules.RunDue();
        }
        Assert.InRange(_rig.Evaluations - before, 1, 3);
    }

    [Fact]
    public void Restart_KeepsStateAndActiveSince_ThenResolves()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10", forSeconds: 1)));
        _rig.Write("load", 11);
        _rig.Advance(2500);
        _rig.Write("load", 12);
        long since = Assert.Single(_rig.Rule("High").Alerts).ActiveAtMs;
        Assert.Equal(AlertState.Firing, _rig.Rule("High").State);

        _rig.Restart();
        _rig.Load(Group("g", 1, Alert("High", "load > 10", forSeconds: 1)));
        var alert = Assert.Single(_rig.Rule("High").Alerts);
        Assert.Equal((AlertState.Firing, since), (alert.State, alert.ActiveAtMs));

        _rig.Advance(100);
        _rig.Write("load", 1);
        _rig.Advance(5000);
        Assert.Empty(_rig.Rule("High").Alerts);
        Assert.True(_rig.Sent[^1].IsResolvedAt(_rig.Now));

        _rig.Restart();
        _rig.Load(Group("g", 1, Alert("High", "load > 10", forSeconds: 1)));
        Assert.Empty(_rig.Rule("High").Alerts);
    }

    [Fact]
    public void Restart_TornJournal_KeepsWhatStandsBefore()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10")));
        _rig.Write("load", 11);
        _rig.Advance(1000);
        _rig.Rules.Dispose();
        string journal = Path.Combine(_rig.JournalPath, "state.journal");
        File.AppendAllBytes(journal, [40, 0, 0, 0, 1, 2, 3]);
        _rig.Restart();
        _rig.Load(Group("g", 1, Alert("High", "load > 10")));
        Assert.Single(_rig.Rule("High").Alerts);
    }

    [Fact]
    public void Reload_SameRule_KeepsItsAlerts_OtherRuleIsEnded()
    {
        _rig.Load(Group("g", 1, Alert("Stay", "load > 10"), Alert("Go", "load > 5")));
        _rig.Write("load", 11);
        _rig.Advance(1000);
        long since = Assert.Single(_rig.Rule("Stay").Alerts).ActiveAtMs;
        _rig.Load(Group("g", 1, Alert("Stay", "load > 10")));
        Assert.Equal(since, Assert.Single(_rig.Rule("Stay").Alerts).ActiveAtMs);
        _rig.Advance(1100);
        Assert.Equal("""{__name__="ALERTS", alertname="Stay", alertstate="firing"} 1""", _rig.Query("ALERTS"));
    }

    [Fact]
    public void Templates_FillLabelsAndAnnotations()
    {
        var rule = Alert("High", "load > 10") with
        {
            Labels = new Dictionary<string, string> { ["severity"] = "{{ if gt $value 100.0 }}page{{ else }}warn{{ end }}", ["host"] = "" },
            Annotations = new Dictionary<string, string> { ["text"] = "{{ $labels.host }} at {{ $value | humanize }}; {{ query \"load\" | first | value }}" },
        };
        _rig.Load(Group("g", 1, rule));
        _rig.Write("load", 1234, ("host", "a"));
        _rig.Advance(1000);
        var alert = Assert.Single(_rig.Rule("High").Alerts);
        Assert.Equal("""{alertname="High", severity="page"}""", alert.Labels.ToString());
        Assert.Equal(KeyValuePair.Create("text", "a at 1.234k; 1234"), Assert.Single(alert.Annotations));
    }

    [Fact]
    public void Recording_WritesNamedSeries_ForTheNextRule_AndEndsThoseThatVanish()
    {
        var record = new RuleConfig { Record = "load:max", Expr = "max by (host) (load) > 5", Labels = new Dictionary<string, string> { ["team"] = "x" } };
        _rig.Load(Group("g", 1, record, Alert("High", "load:max > 10")));
        _rig.Write("load", 11, ("host", "a"));
        _rig.Advance(1000);
        Assert.Equal("""{__name__="load:max", host="a", team="x"} 11""", _rig.Query("load:max"));
        Assert.Single(_rig.Rule("High").Alerts);
        _rig.Write("load", 1, ("host", "a"));
        _rig.Advance(1000);
        Assert.Equal("", _rig.Query("load:max"));
        Assert.Equal(RuleHealth.Ok, _rig.Rule("load:max").Health);
    }

    [Fact]
    public void Recording_TwoResultsOfOneName_FailTheRuleWhole()
    {
        _rig.Load(Group("g", 1, new RuleConfig { Record = "r", Expr = "load", Labels = new Dictionary<string, string> { ["host"] = "" } }));
        _rig.Write("load", 1, ("host", "a"));
        _rig.Write("load", 2, ("host", "b"));
        _rig.Advance(1000);
        Assert.Equal(RuleHealth.Err, _rig.Rule("r").Health);
        Assert.Equal("vector contains metrics with the same labelset after applying rule labels", _rig.Rule("r").LastError);
        Assert.Equal("", _rig.Query("r"));
    }

    [Fact]
    public void Failure_BetweenSlots_IsToldOnce_ThenAtEachSlot()
    {
        _rig.Load(Group("g", 10, Alert("Mixed", "load + on () load")));
        _rig.Advance(NextSlotAfter(_rig.Now, 10_000) - _rig.Now, stepMs: 1);
        for (int i = 0; i < 9; i++)
        {
            _rig.Write("load", i, ("host", "a"));
            _rig.Write("load", i, ("host", "b"));
            _rig.Advance(1000);
        }
        Assert.True(_rig.Evaluations > 5);
        Assert.StartsWith("Rule rules.yml;g Mixed failed: found duplicate series", Assert.Single(_rig.Logged), StringComparison.Ordinal);
        _rig.Advance(10_000);
        Assert.Equal(2, _rig.Logged.Count);
    }

    [Fact]
    public void Limit_Exceeded_ClearsAlerts()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10")) with { Limit = 1 });
        _rig.Write("load", 11, ("host", "a"));
        _rig.Advance(1000);
        Assert.Single(_rig.Rule("High").Alerts);
        _rig.Write("load", 11, ("host", "b"));
        _rig.Advance(1000);
        Assert.Empty(_rig.Rule("High").Alerts);
        Assert.Equal("exceeded limit of 1 with 2 alerts", _rig.Rule("High").LastError);
    }

    [Fact]
    public void RemovedGroup_SeriesEndAfterTwoIntervals()
    {
        _rig.Load(Group("g", 1, Alert("High", "load > 10")));
        _rig.Write("load", 11);
        _rig.Advance(1000);
        _rig.Load();
        _rig.Advance(1000);
        Assert.NotEqual("", _rig.Query("ALERTS"));
        _rig.Advance(1100);
        Assert.Equal("", _rig.Query("ALERTS"));
    }

    public static TheoryData<string, string> NotStreaming => new()
    {
        { "up == 0", "" },
        { "rate(x[5m]) > 1", "" },
        { "max_over_time(rate(x[1m])[5m:]) > 1", "it has a subquery" },
        { "ALERTS{alertstate=\"firing\"} > 0", "it may select ALERTS, which it writes itself: a cycle" },
        { "{job=\"x\"} > 0", "it may select ALERTS, which it writes itself: a cycle" },
        { "{__name__=~\"up|down\"} > 0", "" },
    };

    [Theory]
    [MemberData(nameof(NotStreaming))]
    public void Streaming_ExcludedExpressions_AreNamed(string expr, string reason)
    {
        _rig.Load(Group("g", 1, Alert("A", expr)));
        Assert.Equal((reason, reason.Length == 0), (_rig.Rule("A").NotStreamingReason, _rig.Rule("A").IsStreaming));
    }

    [Fact]
    public void OnCommitted_AllocatesNothing()
    {
        _rig.Load(Group("g", 60, Alert("High", "load > 10")));
        _rig.Write("load", 1);
        var batch = new SampleBatch("test");
        for (int i = 0; i < 1000; i++) batch.Add(new SeriesHandle(i % 3, 1), _rig.Now, i);
        _rig.Rules.OnCommitted(batch);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) _rig.Rules.OnCommitted(batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // The slot of group "g" in "rules.yml".
    private static long NextSlotAfter(long nowMs, long intervalMs)
    {
        long offset = (long)(Labels.Of(("name", "g"), ("file", "rules.yml")).Hash % (ulong)intervalMs);
        long within = (nowMs - offset) % intervalMs;
        return nowMs - within + intervalMs;
    }
}
