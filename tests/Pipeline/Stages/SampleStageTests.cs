using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Stages;

public sealed class SampleStageTests : IDisposable
{
    private readonly StageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void KeepsTheFirstOfEachInterval_OfMatchingSeries()
    {
        _bench.With(Stage("m{job='a'}"));
        for (int second = 1; second < 35; second += 6) _bench.Send($"m{{job=a}} {second} {second}", $"m{{job=b}} {second} {second}");
        Assert.Equal(["m{job=a} 1:1 13:13 25:25 31:31", "m{job=b} 1:1 7:7 13:13 19:19 25:25 31:31"], _bench.Stored("m"));
        Assert.Equal(0, _bench.Last.Rejected);
    }

    [Fact]
    public void DroppedSamples_AreCounted_InOneBatchToo()
    {
        _bench.With(Stage("m")).Send("m 1 1", "m 2 2", "m 3 3", "m 11 4");
        Assert.Equal(["m 1:1 11:4"], _bench.Stored("m"));
        Assert.Equal((2, 2), (_bench.Last.Accepted, _bench.Last.RejectedBy(RejectReason.Dropped)));
    }

    [Fact]
    public void StaleMarkers_AlwaysPass()
    {
        _bench.With(Stage("m")).Send("m 1 1").Send("m 2 stale").Send("m 3 5");
        Assert.Equal(["m 1:1 2:stale"], _bench.Stored("m"));
    }

    [Fact]
    public void WithoutSelector_EverySeriesIsThinned()
    {
        _bench.With(Stage()).Send("a 1 1", "b 1 1").Send("a 2 2", "b 12 2");
        Assert.Equal(["a 1:1"], _bench.Stored("a"));
        Assert.Equal(["b 1:1 12:2"], _bench.Stored("b"));
    }

    private SampleStage Stage(params string[] selectors) => new("s", DropStage.Selectors(selectors), TimeSpan.FromSeconds(10), _bench.Store);
}
