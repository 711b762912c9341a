using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Discovery;

public sealed class TargetBuilderTests
{
    private static readonly ScrapeConfig Job = new() { JobName = "j", ScrapeInterval = TimeSpan.FromSeconds(15), ScrapeTimeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public void PlainTarget_GetsDefaults()
    {
        var target = Assert.Single(Build(Job, "h:1").Active);
        Assert.Equal("http://h:1/metrics", target.Url!.AbsoluteUri);
        Assert.Equal(Labels.Of(("instance", "h:1"), ("job", "j")), target.Labels);
        Assert.Equal("15s", target.Discovered.Get("__scrape_interval__"));
        Assert.Equal("/metrics", target.Discovered.Get("__metrics_path__"));
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10)), (target.Interval, target.Timeout));
    }

    [Fact]
    public void Relabelling_SetsUrlIntervalAndParameters()
    {
        var target = Assert.Single(Build(
            Job with
            {
                Parameters = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["1", "2"] },
                RelabelConfigs =
                [
                    Set("__param_target", "x/y"), Set("__param_a", "9"), Set("__address__", "real:9"), Set("__metrics_path__", "probe"), Set("__scheme__", "https"),
                    Set("__scrape_interval__", "1m"), Set("__tmp", "t"), Set("instance", "named"),
                ],
            },
            "h:1").Active);
        Assert.Equal("https://real:9/probe?a=9&a=2&target=x%2Fy", target.Url!.AbsoluteUri);
        Assert.Equal(Labels.Of(("instance", "named"), ("job", "j")), target.Labels);
        Assert.Equal(TimeSpan.FromMinutes(1), target.Interval);
    }

    [Theory]
    [InlineData("__address__", "", "no address")]
    [InlineData("__address__", "a/b", "\"a/b\" is not a valid hostname")]
    [InlineData("__scrape_interval__", "soon", "error parsing scrape interval")]
    [InlineData("__scrape_interval__", "0s", "scrape interval cannot be 0")]
    [InlineData("__scrape_timeout__", "0", "scrape timeout cannot be 0")]
    [InlineData("__scrape_timeout__", "16s", "scrape timeout cannot be greater than scrape interval")]
    [InlineData("__scrape_native_histograms__", "yes", "label __scrape_native_histograms__ is not a boolean")]
    [InlineData("__scheme__", "ftp", "unsupported protocol scheme \"ftp\": targets are asked by http or https")]
    public void InvalidTarget_IsAnError_NotSkipped(string label, string value, string error)
    {
        var target = Assert.Single(Build(Job with { RelabelConfigs = [Set(label, value)] }, "h:1").Active);
        Assert.Equal(error, target.Error);
    }

    [Theory]
    [InlineData("T", true)]
    [InlineData("0", false)]
    [InlineData("", null)]
    public void SwitchOfATarget_IsAnyOfGosBooleans(string value, bool? expected)
    {
        var target = Assert.Single(Build(Job with { RelabelConfigs = [Set("__scrape_native_histograms__", value)] }, "h:1").Active);
        Assert.Equal((null, expected), (target.Error, target.Switches.ScrapeNative));
    }

    [Fact]
    public void GroupThatStays_GivesTheSameTargets_AlsoDroppedOnes()
    {
        var builder = new TargetBuilder(Job with { KeepDroppedTargets = 1, RelabelConfigs = [new RelabelConfig { SourceLabels = ["__address__"], Regex = "drop.*", Action = RelabelAction.Drop }] });
        TargetGroup Group(string name, params string[] addresses) => TargetGroup.Of(name, addresses, new Dictionary<string, string> { ["g"] = name });
        var (stays, goes) = (Group("stays", "a:1", "drop:2"), Group("goes", "drop:1", "b:1"));
        var first = builder.Build([goes, stays]);
        Assert.Equal(("drop:1", 2), (Assert.Single(first.Dropped).Get("__address__"), first.DroppedCount));
        var second = builder.Build([stays, Group("comes", "c:1", "a:1")]);
        Assert.Equal(["a:1 stays", "c:1 comes", "a:1 comes"], second.Active.Select(t => $"{t.Labels.Get("instance")} {t.Labels.Get("g")}"));
        Assert.Same(first.Active.Single(t => t.Labels.Get("g") == "stays"), second.Active[0]);
        // Its labels were not kept the first time, for another one was shown.
        Assert.Equal(("drop:2", 1), (Assert.Single(second.Dropped).Get("__address__"), second.DroppedCount));
    }

    [Fact]
    public void DroppedTargets_AreKeptUpToTheLimit()
    {
        var set = Build(Job with { KeepDroppedTargets = 1, RelabelConfigs = [new RelabelConfig { SourceLabels = ["__address__"], Regex = "keep.*", Action = RelabelAction.Keep }] }, "keep:1", "a:1", "b:1");
        Assert.Equal("keep:1", Assert.Single(set.Active).Labels.Get("instance"));
        Assert.Equal("a:1", Assert.Single(set.Dropped).Get("__address__"));
        Assert.Equal(2, set.DroppedCount);
    }

    [Fact]
    public void EqualTargets_AreOne() => Assert.Single(Build(Job, "h:1", "h:1").Active);

    [Fact]
    public void OverTargetLimit_AllAreInError()
    {
        var set = Build(Job with { TargetLimit = 1 }, "a:1", "b:1");
        Assert.Equal("target_limit exceeded (number of targets: 2, limit: 1)", set.ForcedError);
        Assert.Equal(2, set.Active.Count);
    }

    private static RelabelConfig Set(string label, string value) => new() { TargetLabel = label, Replacement = value };

    private static TargetSet Build(ScrapeConfig job, params string[] addresses) =>
        new TargetBuilder(job).Build([TargetGroup.Of("0", addresses, new Dictionary<string, string>())]);
}
