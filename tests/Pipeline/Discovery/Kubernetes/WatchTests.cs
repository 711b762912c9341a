using System.Web;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Pipeline.Tests.Rules;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>Lists, watches and what goes wrong with them.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private Cluster _cluster = null!;

    private ApiServer Server => _cluster.Server;

    public async ValueTask InitializeAsync() => _cluster = await Cluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Events_ChangeOneGroup_OthersStayTheSameObjects()
    {
        Server.Put("pods", Objects.Pod("a"));
        Server.Put("pods", Objects.Pod("b"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod));
        var first = await _cluster.UntilSourcesAsync("pod/web/a", "pod/web/b");
        Server.Put("pods", Objects.Pod("c"));
        await _cluster.UntilSourcesAsync("pod/web/a", "pod/web/b", "pod/web/c");
        Server.Put("pods", Objects.Pod("b", phase: "Succeeded"));
        var changed = await _cluster.UntilAsync(groups => groups.Any(g => g.Labels["__meta_kubernetes_pod_phase"] == "Succeeded"));
        Assert.Same(Of(first, "pod/web/a"), Of(changed, "pod/web/a"));
        Assert.NotSame(Of(first, "pod/web/b"), Of(changed, "pod/web/b"));
        Server.Delete("pods", "web/a");
        await _cluster.UntilSourcesAsync("pod/web/b", "pod/web/c");
        Assert.Equal((3, 1, 1), (Count("events_total pod add"), Count("events_total pod update"), Count("events_total pod delete")));
        Assert.Equal(0, Count("failures_total"));
    }

    [Fact]
    public async Task List_ComesInPages_OfOneVersion()
    {
        for (int i = 0; i < 1201; i++) Server.Put("services", Objects.Service($"s{i:0000}"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Service));
        Assert.Equal(1201, (await _cluster.NextAsync()).Count);
        var lists = Server.Requests.Where(r => !r.Contains("watch=", StringComparison.Ordinal)).ToList();
        Assert.Equal(["/api/v1/services?limit=500", "/api/v1/services?limit=500&continue=2201%7Cweb%2Fs0499", "/api/v1/services?limit=500&continue=2201%7Cweb%2Fs0999"], lists);
    }

    [Fact]
    public async Task Watch_GoesOnFromTheBookmark_WhenItEnds()
    {
        Server.Put("pods", Objects.Pod());
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod));
        await _cluster.UntilSourcesAsync("pod/web/front-1");
        await WatchedFromAsync(1001);
        Server.Put("nodes", Objects.Node());
        int version = Server.Bookmark("pods");
        Server.Say("pods", """{"type": "SOMETHING NEW", "object": {"metadata": {"name": "x"}}}""");
        Server.EndWatches();
        await WatchedFromAsync(version);
        Server.Put("pods", Objects.Pod("later"));
        await _cluster.UntilSourcesAsync("pod/web/front-1", "pod/web/later");
        Assert.Single(Server.Requests, r => !r.Contains("watch=", StringComparison.Ordinal));
        var watch = HttpUtility.ParseQueryString(Server.Requests.Last().Split('?')[1]);
        Assert.Equal(("true", "true"), (watch["watch"], watch["allowWatchBookmarks"]));
        Assert.InRange(int.Parse(watch["timeoutSeconds"]!, System.Globalization.CultureInfo.InvariantCulture), 300, 600);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task VersionThatIsTooOld_ListsAgain_AndFindsWhatWasMissed(bool asStatus)
    {
        Server.Put("pods", Objects.Pod("gone"));
        Server.Put("pods", Objects.Pod("stays"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod));
        var before = await _cluster.UntilSourcesAsync("pod/web/gone", "pod/web/stays");
        // As long as watches are refused, what happens is seen by nobody.
        Server.Refusals["watch pods"] = asStatus ? (410, "too old resource version: 1002 (1009)") : (500, "etcd is away");
        Server.EndWatches();
        await WatchedFromAsync(1002, watches: 2);
        Server.Delete("pods", "web/gone");
        Server.Put("pods", Objects.Pod("new"));
        Server.Compact();
        Server.Refusals.Clear();
        var after = await _cluster.UntilSourcesAsync("pod/web/stays", "pod/web/new");
        Assert.Same(Of(before, "pod/web/stays"), Of(after, "pod/web/stays"));
        Assert.True(Count("failures_total") > 0);
    }

    [Theory]
    [InlineData("this is no JSON")]
    [InlineData("""{"type": "ADDED"}""")]
    [InlineData("""{"type": "ADDED", "object": {"metadata": {}}}""")]
    [InlineData("""{"type": "ADDED", "object": {"metadata": {"name": 5}}}""")]
    [InlineData("""{"type": "ERROR", "object": {"code": 500, "message": "etcd is away"}}""")]
    public async Task BadLine_IsCounted_AndTheWatchGoesOn(string line)
    {
        Server.Put("pods", Objects.Pod("a"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod));
        await _cluster.UntilSourcesAsync("pod/web/a");
        Server.Say("pods", line);
        await Server.Signal.UntilAsync(() => Count("failures_total") > 0);
        Server.Compact();
        Server.Put("pods", Objects.Pod("b"));
        await _cluster.UntilSourcesAsync("pod/web/a", "pod/web/b");
    }

    [Fact]
    public async Task Forbidden_SaysWhatIsMissing_AndGoesOnTrying()
    {
        var log = new LogLines(Server.Signal.Pulse);
        Server.Put("pods", Objects.Pod("a"));
        Server.Refusals["pods"] = (403, "pods is forbidden: User \"x\" cannot list resource \"pods\" in API group \"\" in the namespace \"web\"");
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod) with { Namespaces = new KubernetesNamespacesConfig { Names = ["web"] } }, logger: log);
        Assert.Empty(await _cluster.NextAsync());
        await Server.Signal.UntilAsync(() => log.Lines.Count > 0);
        Assert.Equal(
            "discovery by kubernetes keeps the pods in namespace \"web\" it knows: list pods in namespace \"web\": HTTP status 403: pods is forbidden: User \"x\" cannot list resource \"pods\" in API group \"\" "
            + "in the namespace \"web\"; its account needs a role with the verbs list and watch for pods", log.Lines[0]);
        Assert.StartsWith("kubernetes_sd_configs: pods in namespace \"web\": list pods in namespace \"web\": HTTP status 403: pods is forbidden", _cluster.Provider!.Problem, StringComparison.Ordinal);
        Server.Refusals.Clear();
        await _cluster.UntilSourcesAsync("pod/web/a");
        Assert.Null(_cluster.Provider.Problem);
    }

    [Fact]
    public async Task OneListMissing_NoGroupsYet()
    {
        Server.Put("endpointslices", Objects.Slice());
        Server.Refusals["pods"] = (403, "no");
        _cluster.Subscribe(Cluster.Config(KubernetesRole.EndpointSlice));
        Assert.Empty(await _cluster.NextAsync());
        Server.Refusals.Clear();
        await _cluster.UntilSourcesAsync("endpointslice/web/front-x1");
    }

    [Fact]
    public async Task DeadWatch_IsAskedForAgain()
    {
        var clock = new ManualTimeProvider();
        var time = new SteppedTime(clock);
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod), time);
        Assert.Empty(await _cluster.NextAsync());
        await WatchedFromAsync(1000);
        // Longer than a watch lasts and than the server may be late; then longer than the pause behind the failure.
        clock.Advance(TimeSpan.FromHours(1));
        await Server.Signal.UntilAsync(() => Count("failures_total") > 0);
        var asked = Server.Signal.UntilAsync(() => Watches().Count > 1);
        for (var armed = time.ArmedAsync(); await Task.WhenAny(asked, armed) == armed; armed = time.ArmedAsync()) clock.Advance(TimeSpan.FromMinutes(1));
        await asked;
    }

    [Fact]
    public async Task Selectors_AndNamespaces_AreAsked()
    {
        Server.Put("pods", Objects.Pod("a", "one"));
        Server.Put("pods", Objects.Pod("b", "one").Replace("\"front\"", "\"back\"", StringComparison.Ordinal));
        Server.Put("pods", Objects.Pod("a", "two"));
        Server.Put("pods", Objects.Pod("a", "three"));
        _cluster.Subscribe(Cluster.Config(KubernetesRole.Pod) with
        {
            Namespaces = new KubernetesNamespacesConfig { Names = ["one", "two", "one"] },
            Selectors = [new KubernetesSelectorConfig { Role = KubernetesRole.Pod, Label = "app=front", Field = "metadata.name=a" }],
        });
        await _cluster.UntilSourcesAsync("pod/one/a", "pod/two/a");
        Server.Put("pods", Objects.Pod("a", "three", phase: "Failed"));
        Server.Put("pods", Objects.Pod("a", "two", phase: "Failed"));
        await _cluster.UntilAsync(groups => groups.Count == 2 && groups.Count(g => g.Labels["__meta_kubernetes_pod_phase"] == "Failed") == 1);
        Assert.Contains("/api/v1/namespaces/one/pods?limit=500&labelSelector=app%3Dfront&fieldSelector=metadata.name%3Da", Server.Requests);
        Assert.All(Watches(), watch => Assert.EndsWith("&labelSelector=app%3Dfront&fieldSelector=metadata.name%3Da", watch));
    }

    [Fact]
    public async Task Disposed_AsksNoMore()
    {
        Server.Put("pods", Objects.Pod("a"));
        using (_cluster.Subscribe(Cluster.Config(KubernetesRole.Pod)))
        {
            await _cluster.UntilSourcesAsync("pod/web/a");
            await WatchedFromAsync(1001);
        }
        await Server.Signal.UntilAsync(() => Server.OpenWatches == 0);
    }

    private static TargetGroup Of(IReadOnlyList<TargetGroup> groups, string source) => groups.Single(g => g.Source == source);

    private long Count(string name)
    {
        lock (_cluster.Counted) return _cluster.Counted.GetValueOrDefault("prometheus_sd_kubernetes_" + name);
    }

    private List<string> Watches() => [.. Server.Requests.Where(r => r.Contains("watch=true", StringComparison.Ordinal))];

    private Task WatchedFromAsync(int version, int watches = 1) => Server.Signal.UntilAsync(() => Watches().Count(w => w.Contains($"resourceVersion={version}", StringComparison.Ordinal)) >= watches);
}
