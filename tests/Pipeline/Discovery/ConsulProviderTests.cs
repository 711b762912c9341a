using System.Text.Json.Nodes;
using System.Threading.Channels;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Consul;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by Consul (reference D8) against a server that answers as Consul's API description says.</summary>
public sealed class ConsulProviderTests : IAsyncLifetime
{
    private readonly TestDiscovery _discovery = new();
    private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();
    private FakeConsul _consul = null!;

    public async ValueTask InitializeAsync() => _consul = await FakeConsul.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _consul.DisposeAsync();
        _discovery.Dispose();
    }

    [Fact]
    public async Task Instance_HasAllLabels()
    {
        _consul.Register("web", JsonNode.Parse("""
            {
              "Node": {"Node": "n1", "Address": "10.0.0.1", "Datacenter": "dc9", "TaggedAddresses": {"lan": "10.0.0.1", "wan-v4": "1.2.3.4"}, "Meta": {"rack.row": "7"}},
              "Service": {"ID": "web-1", "Service": "web", "Tags": ["a", "b"], "Address": "10.0.9.9", "Port": 8080, "Meta": {"version": "2"}, "Namespace": "ns1", "Partition": "p1"},
              "Checks": [{"CheckID": "serfHealth", "Status": "passing"}, {"CheckID": "service:web-1", "Status": "warning"}]
            }
            """)!.AsObject());
        using var subscription = Subscribe(new ConsulSdConfig());
        await ExpectAsync("""
            __address__=10.0.9.9:8080
            __meta_consul_address=10.0.0.1
            __meta_consul_dc=dc9
            __meta_consul_health=warning
            __meta_consul_metadata_rack_row=7
            __meta_consul_namespace=ns1
            __meta_consul_node=n1
            __meta_consul_partition=p1
            __meta_consul_service=web
            __meta_consul_service_address=10.0.9.9
            __meta_consul_service_id=web-1
            __meta_consul_service_metadata_version=2
            __meta_consul_service_port=8080
            __meta_consul_tagged_address_lan=10.0.0.1
            __meta_consul_tagged_address_wan_v4=1.2.3.4
            __meta_consul_tags=,a,b,
            """);
    }

    [Fact]
    public async Task Catalog_IsWatched_ServicesComeAndGo()
    {
        using var subscription = SubscribeAddresses(new ConsulSdConfig());
        await ExpectAsync("");
        _consul.Register("web", Instance("10.0.0.1", 80));
        await ExpectAsync("10.0.0.1:80");
        _consul.Register("web", Instance("10.0.0.2", 80));
        await ExpectAsync("10.0.0.1:80 10.0.0.2:80");
        _consul.Register("db", Instance("::1", 5432));
        await ExpectAsync("[::1]:5432 10.0.0.1:80 10.0.0.2:80");
        _consul.Restart();
        _consul.Register("db", Instance("10.0.0.3", 5432));
        await ExpectAsync("[::1]:5432 10.0.0.3:5432 10.0.0.1:80 10.0.0.2:80");
        _consul.Deregister("web");
        await ExpectAsync("[::1]:5432 10.0.0.3:5432");
        _consul.Deregister("db");
        await ExpectAsync("");
        Assert.Null(_discovery.ValueOf("prometheus_sd_consul_rpc_failures_total"));
        Assert.True(_discovery.ValueOf("prometheus_sd_consul_rpc_duration_seconds endpoint=catalog call=services") >= 3);
        Assert.True(_discovery.ValueOf("prometheus_sd_consul_rpc_duration_seconds endpoint=catalog call=service") >= 3);
    }

    [Fact]
    public async Task NamedServices_AreAskedForWithoutTheCatalog_WithAllOptions()
    {
        _consul.Register("web", Instance("10.0.0.1", 80));
        _consul.Register("db", Instance("10.0.0.2", 81));
        var config = new ConsulSdConfig
        {
            Services = ["web"],
            PathPrefix = "/consul",
            Datacenter = "dc 1",
            Namespace = "ns",
            Partition = "part",
            Token = new Secret("hush"),
            HealthFilter = "Service.ID != \"x\"",
            NodeMeta = new Dictionary<string, string> { ["rack"] = "7" },
        };
        using var subscription = SubscribeAddresses(config);
        await ExpectAsync("10.0.0.1:80");
        var (url, token) = _consul.Asked.First();
        Assert.Equal("/consul/v1/health/service/web?dc=dc%201&ns=ns&partition=part&wait=120000ms&stale=&filter=Service.ID%20%21%3D%20%22x%22&node-meta=rack%3A7", url);
        Assert.Equal("hush", token);
        Assert.DoesNotContain(_consul.Asked, asked => asked.Url.Contains("catalog", StringComparison.Ordinal) || asked.Url.Contains("agent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tags_AllOfThemMustBeThere()
    {
        _consul.Register("web", Instance("10.0.0.1", 80, "a", "b"));
        _consul.Register("web", Instance("10.0.0.2", 80, "a"));
        _consul.Register("db", Instance("10.0.0.3", 80, "b"));
        using var subscription = SubscribeAddresses(new ConsulSdConfig { Tags = ["a", "b"], AllowStale = false, Filter = "x" });
        await ExpectAsync("10.0.0.1:80");
        Assert.Contains(_consul.Asked, asked => asked.Url == "/v1/catalog/services?wait=120000ms&filter=x");
        Assert.Contains(_consul.Asked, asked => asked.Url == "/v1/health/service/web?wait=120000ms&tag=a&tag=b");
        Assert.DoesNotContain(_consul.Asked, asked => asked.Url.Contains("/db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FailedQuestion_IsAskedAgain()
    {
        _consul.Fail(2);
        _consul.Register("web", Instance("10.0.0.1", 80));
        var clock = new ManualTimeProvider();
        var time = new SteppedTime(clock);
        var provider = new ConsulProvider(new ConsulSdConfig { Server = _consul.Address }, _discovery.For(time));
        using var subscription = provider.Groups.Subscribe(groups => _seen.Writer.TryWrite(Addresses(groups)));
        var first = _seen.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        // Each pause behind a failure is a timer; so is the patience of each question.
        for (var armed = time.ArmedAsync(); await Task.WhenAny(first, armed) == armed; armed = time.ArmedAsync())
        {
            if (provider.Problem is { } problem) Assert.StartsWith("consul_sd_configs: datacenter: ", problem, StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromSeconds(15));
        }
        Assert.Equal("10.0.0.1:80", await first);
        Assert.Null(provider.Problem);
        Assert.Equal(2, _discovery.ValueOf("prometheus_sd_consul_rpc_failures_total"));
    }

    [Theory]
    [InlineData("serfHealth passing", "passing")]
    [InlineData("serfHealth passing, a warning, b critical", "critical")]
    [InlineData("_node_maintenance critical", "maintenance")]
    [InlineData("a critical, _service_maintenance:web-1 critical", "maintenance")]
    [InlineData("", "passing")]
    public void Health_IsTheWorstOfTheChecks(string checks, string expected)
    {
        var instance = Instance("h", 1);
        instance["Checks"] = new JsonArray([.. checks.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(c => new JsonObject { ["CheckID"] = c.Split(' ')[0], ["Status"] = c.Split(' ')[1] })]);
        using var document = System.Text.Json.JsonDocument.Parse(new JsonArray(instance).ToJsonString());
        Assert.Equal(expected, Assert.Single(ConsulTargets.GroupOf("web", "dc", document.RootElement, ",").Targets)["__meta_consul_health"]);
    }

    private static JsonObject Instance(string address, int port, params string[] tags) => new()
    {
        ["Node"] = new JsonObject { ["Node"] = "n", ["Address"] = address },
        ["Service"] = new JsonObject { ["ID"] = "i", ["Address"] = "", ["Port"] = port, ["Tags"] = new JsonArray([.. tags.Select(t => JsonValue.Create(t))]) },
        ["Checks"] = new JsonArray(),
    };

    private IDisposable SubscribeAddresses(ConsulSdConfig config) => Provider(config).Groups.Subscribe(groups => _seen.Writer.TryWrite(Addresses(groups)));

    private IDisposable Subscribe(ConsulSdConfig config) => Provider(config).Groups.Subscribe(groups => _seen.Writer.TryWrite(TestDiscovery.Shown(groups)));

    // A real clock: only the questions' own pace is shortened, so that a test need not wait for it.
    private ConsulProvider Provider(ConsulSdConfig config) => new(config with { Server = _consul.Address, RefreshInterval = TimeSpan.FromMilliseconds(1) }, _discovery.For(TimeProvider.System));

    private static string Addresses(IReadOnlyList<TargetGroup> groups) => string.Join(' ', groups.SelectMany(g => g.Targets).Select(t => t["__address__"]));

    // Several loops tell what they find; only the state that it comes to matters.
    private async Task ExpectAsync(string expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string last = "nothing";
        try
        {
            while (last != expected) last = await _seen.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(expected, last);
        }
    }
}
