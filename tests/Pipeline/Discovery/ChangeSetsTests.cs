using System.Reactive.Linq;
using System.Reactive.Subjects;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Updates of mechanisms on their way to a job (reference D2).</summary>
public sealed class ChangeSetsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestDiscovery _discovery = new();

    public void Dispose() => _discovery.Dispose();

    [Fact]
    public void Throttled_PassesTheFirstAtOnce_AndTheNewestAtThePeriodsEnd()
    {
        using var source = new Subject<int>();
        var seen = new List<int>();
        using var subscription = source.Throttled(ChangeSets.ShortestPeriod, ChangeSets.Period, _time).Subscribe(seen.Add);
        source.OnNext(1);
        source.OnNext(2);
        source.OnNext(3);
        Assert.Equal([1], seen);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([1, 3], seen);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([1, 3], seen);
        source.OnNext(4);
        Assert.Equal([1, 3, 4], seen);
    }

    [Fact]
    public void Throttled_SourceThatNeverRests_IsHeardEveryFiveSeconds()
    {
        using var source = new Subject<int>();
        var at = new List<DateTimeOffset>();
        using var subscription = source.Throttled(ChangeSets.ShortestPeriod, ChangeSets.Period, _time).Subscribe(_ => at.Add(_time.GetUtcNow()));
        for (int i = 0; i < 1200; i++)
        {
            source.OnNext(i);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
        var gaps = at.Zip(at.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        Assert.Equal((0.1, 0.15), (gaps[0], gaps[1]));
        Assert.All(gaps.TakeLast(5), gap => Assert.Equal(5, gap));
    }

    [Fact]
    public void Merge_WaitsForAFirstWord_ButNotForLong()
    {
        using var slow = new Subject<IReadOnlyList<TargetGroup>>();
        var seen = new List<string>();
        using var subscription = ChangeSets.Merge([new StaticProvider([new StaticConfig { Targets = ["a:1"] }]), new Told(slow)], _time)
            .Subscribe(groups => seen.Add(string.Join(' ', groups.SelectMany(g => g.Targets).Select(t => t["__address__"]))));
        Assert.Empty(seen);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a:1"], seen);
        slow.OnNext([TargetGroup.Of("x", ["b:1"], new Dictionary<string, string>())]);
        Assert.Equal(["a:1", "a:1 b:1"], seen);
    }

    [Fact]
    public void Job_IsCountedUnderPrometheussNames()
    {
        var config = new DiscoveryConfig { StaticConfigs = [new StaticConfig { Targets = ["a:1", "a:2"] }], Unbuilt = [new UnbuiltSdConfig("azure", ConfigPosition.None, new YamlMapping(ConfigPosition.None, []))] };
        var subscription = _discovery.Targets(_time).Of(config, _discovery.For(_time)).Subscribe(_ => { });
        Assert.Equal(2, _discovery.ValueOf("prometheus_sd_discovered_targets name=scrape config=job"));
        Assert.Equal(1, _discovery.ValueOf("prometheus_sd_failed_configs name=scrape"));
        Assert.Equal(1_700_000_000, _discovery.ValueOf("prometheus_sd_last_update_timestamp_seconds name=scrape config=job"));
        Assert.Equal((1, 1, 0), (_discovery.ValueOf("prometheus_sd_received_updates_total name=scrape"), _discovery.ValueOf("prometheus_sd_updates_total name=scrape"), _discovery.ValueOf("prometheus_sd_updates_delayed_total name=scrape")));
        subscription.Dispose();
    }

    private sealed class Told(IObservable<IReadOnlyList<TargetGroup>> groups) : ITargetProvider
    {
        public string? Problem => null;

        public IObservable<IReadOnlyList<TargetGroup>> Groups => groups;
    }
}
