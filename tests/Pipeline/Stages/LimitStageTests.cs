using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class LimitStageTests : IDisposable
{
    private readonly StoreBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void ActiveSeries_AreAdmittedUpToTheLimit_KnownOnesAlways()
    {
        var limit = Limit(new LimitStageConfig { ActiveSeries = 2 });
        Assert.Equal("12--", Ask(limit, "a", "b", "c", "d"));
        Assert.Equal("12-", Ask(limit, "a", "b", "c"));
        Assert.Equal((2, 3), (limit.Active, limit.Refused));
        Assert.False(limit.Release());
    }

    [Fact]
    public void SeriesThatLeftTheHead_MakeRoom()
    {
        var limit = Limit(new LimitStageConfig { ActiveSeries = 1 });
        // Admitted, but never stored: as good as gone.
        Assert.Equal(DropReason.None, limit.Apply(new LabelsBuilder().Set("__name__", "gone")));
        Assert.Equal("-", Ask(limit, "a"));
        Assert.True(limit.Release());
        Assert.Equal(0, limit.Active);
        Assert.Equal("1-", Ask(limit, "a", "b"));
        Assert.False(limit.Release());
    }

    [Fact]
    public void NewSeriesPerHour_AreCountedByTheClock()
    {
        var limit = Limit(new LimitStageConfig { NewSeriesPerHour = 2 });
        Assert.Equal("12-", Ask(limit, "a", "b", "c"));
        Assert.False(limit.Release());
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(limit.Release());
        Assert.Equal("12-", Ask(limit, "c", "d", "e"));
    }

    [Fact]
    public void SeriesThatTheHeadHolds_AreNotNew()
    {
        Ask(Limit(new LimitStageConfig { NewSeriesPerHour = 3 }), "a", "b", "c");
        Assert.Equal("1234-", Ask(Limit(new LimitStageConfig { NewSeriesPerHour = 1 }), "a", "b", "c", "d", "e"));
        Assert.Equal("12--", Ask(Limit(new LimitStageConfig { NewSeriesPerHour = 1, ActiveSeries = 2 }), "a", "b", "c", "d"));
    }

    [Fact]
    public void StagesBehindTheLimit_DoNotHideItsSeries()
    {
        ILabelStage[] behind = [new Renaming()];
        var limit = new LimitStage(new LimitStageConfig { ActiveSeries = 1 }, _bench.Store, _bench.Clock, () => behind);
        var router = new SeriesRouter(_bench.Store, [limit, .. behind]);
        Assert.False(router.Resolve(new LabelsBuilder().Set("__name__", "a")).IsDropped);
        Assert.True(router.Resolve(new LabelsBuilder().Set("__name__", "b")).IsDropped);
        Assert.False(limit.Release());
        Assert.Equal(1, limit.Active);
    }

    [Fact]
    public void AggregateAway_FoldsWhatIsAboveTheLimit()
    {
        var limit = Limit(new LimitStageConfig { ActiveSeries = 1, OnLimit = LimitAction.AggregateAway, Labels = ["pod"] });
        var router = new SeriesRouter(_bench.Store, [limit]);
        foreach (string pod in new[] { "1", "2", "3" }) Assert.False(router.Resolve(new LabelsBuilder().Set("__name__", "m").Set("job", "j").Set("pod", pod)).IsDropped);
        Assert.Equal(2, _bench.SeriesCount);
        Assert.True(_bench.Store.TryFind(Labels.Of(("__name__", "m"), ("job", "j")), out _));
        Assert.Equal((2, 0, 2), (limit.Active, limit.Refused, limit.Folded));
    }

    [Fact]
    public void FoldedSeries_AreSummed_OthersPass()
    {
        var limit = Limit(new LimitStageConfig { ActiveSeries = 1, OnLimit = LimitAction.AggregateAway, Labels = ["pod"] });
        var router = new SeriesRouter(_bench.Store, [limit]);
        var handles = Enumerable.Range(1, 4).Select(pod => router.Resolve(new LabelsBuilder().Set("__name__", "m").Set("pod", $"{pod}")).Handle).ToArray();
        Assert.Equal((handles[1], handles[1]), (handles[2], handles[3]));
        var fold = new FoldStage("f", limit, _bench.Store);
        Send(1000, 1, 10, 20, 30);
        Send(2000, 2, 11, StaleMarker.Value, 33);
        Send(3000, 3, StaleMarker.Value, StaleMarker.Value, 40);
        Send(4000, 4, StaleMarker.Value, StaleMarker.Value, StaleMarker.Value);
        Assert.Equal(["m 60 44 40 stale", "m{pod=1} 1 2 3 4"], _bench.Samples().Order(StringComparer.Ordinal));
        Assert.Equal("8", fold.Details["samples added to others"]);

        void Send(long offsetMs, params double[] values)
        {
            var batch = new SampleBatch("test");
            for (int i = 0; i < values.Length; i++) batch.Add(handles[i], _bench.NowMs + offsetMs, values[i]);
            fold.Process(batch);
            _bench.TrySend(batch);
            Assert.Equal((2, 2), (_bench.Last.Accepted, _bench.Last.RejectedBy(RejectReason.Dropped)));
        }
    }

    [Fact]
    public void SeriesAboveTheLimit_AreRemembered_TheLatestTen()
    {
        var limit = Limit(new LimitStageConfig { ActiveSeries = 1 });
        Ask(limit, [.. Enumerable.Range(0, 20).Select(i => $"m{i}")]);
        Assert.Equal(Enumerable.Range(10, 10).Select(i => Labels.Of(("__name__", $"m{i}"))), limit.Lately);
        Assert.Equal(19, limit.Refused);
    }

    [Fact]
    public void DropStage_DropsWhatAnySelectorMatches()
    {
        var drop = new DropStage(DropStage.Selectors(["a", "{job=~'x.*',code!='200'}"]));
        Assert.Equal("-1", Ask(drop, "a", "b"));
        Assert.Equal(DropReason.Relabel, drop.Apply(new LabelsBuilder().Set("__name__", "c").Set("job", "x1")));
        Assert.Equal(DropReason.Relabel, drop.Apply(new LabelsBuilder().Set("__name__", "c").Set("job", "x1").Set("code", "500")));
        Assert.Equal(DropReason.None, drop.Apply(new LabelsBuilder().Set("__name__", "c").Set("job", "x1").Set("code", "200")));
        Assert.Equal(DropReason.None, drop.Apply(new LabelsBuilder().Set("__name__", "c")));
    }

    // A running number for each admitted series, a dash for a refused one.
    private string Ask(ILabelStage stage, params string[] names)
    {
        var router = new SeriesRouter(_bench.Store, [stage]);
        int admitted = 0;
        return string.Concat(names.Select(n => router.Resolve(new LabelsBuilder().Set("__name__", n)).IsDropped ? "-" : $"{++admitted}"));
    }

    private LimitStage Limit(LimitStageConfig config) => new(config, _bench.Store, _bench.Clock, () => []);

    private sealed class Renaming : ILabelStage
    {
        public DropReason Apply(LabelsBuilder labels)
        {
            labels.Set("added", "later");
            return DropReason.None;
        }
    }
}
