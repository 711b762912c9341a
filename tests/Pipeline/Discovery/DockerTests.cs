using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Docker;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by Docker (reference D11) over a Unix socket and TCP, answers as in the Engine API's description.</summary>
public sealed class DockerTests : IAsyncLifetime
{
    private const string Containers = """
        [
          {
            "Id": "aaa", "Names": ["/web"], "Image": "nginx", "ImageID": "sha256:1", "Labels": {"com.example.tier": "front"},
            "Ports": [{"PrivatePort": 80, "Type": "tcp", "IP": "0.0.0.0", "PublicPort": 8080}, {"PrivatePort": 53, "Type": "udp"}, {"PrivatePort": 9113, "Type": "tcp"}],
            "HostConfig": {"NetworkMode": "net"},
            "NetworkSettings": {"Networks": {"z_net": {"NetworkID": "n2", "IPAddress": "172.20.0.2"}, "net": {"NetworkID": "n1", "IPAddress": "172.19.0.2", "GlobalIPv6Address": ""}, "b_null": null}}
          },
          {"Id": "bbb", "Names": ["/sidecar"], "Image": "", "HostConfig": {"NetworkMode": "container:ccc"}, "Ports": [], "NetworkSettings": {"Networks": {}}},
          {"Id": "ccc", "Names": ["/v6"], "Image": "v6", "HostConfig": {"NetworkMode": "net"}, "Ports": [{"PrivatePort": 70, "Type": "sctp"}],
           "NetworkSettings": {"Networks": {"net": {"NetworkID": "n1", "IPAddress": "", "GlobalIPv6Address": "fd00::2"}}}},
          {"Id": "ddd", "Names": ["/hostly"], "HostConfig": {"NetworkMode": "host"}, "NetworkSettings": {"Networks": {"host": {"NetworkID": "nh", "IPAddress": ""}}}},
          {"Id": "eee", "Names": ["/ring1"], "HostConfig": {"NetworkMode": "container:fff"}, "NetworkSettings": {"Networks": {}}},
          {"Id": "fff", "Names": ["/ring2"], "HostConfig": {"NetworkMode": "container:eee"}, "NetworkSettings": {"Networks": {}}},
          {"Id": "ggg", "Names": [], "HostConfig": {"NetworkMode": "net"}, "NetworkSettings": {"Networks": {"net": {"NetworkID": "n1", "IPAddress": "172.19.0.9"}}}}
        ]
        """;

    private const string Networks = """
        [
          {"Id": "n1", "Name": "net", "Scope": "local", "Internal": true, "Ingress": false, "Labels": {"own-er": "me"}},
          {"Id": "n2", "Name": "z_net", "Scope": "swarm", "Internal": false, "Ingress": true, "Labels": {}},
          {"Id": "nh", "Name": "host", "Scope": "local"}
        ]
        """;

    private const string Web = """
        __address__=172.19.0.2:80
        __meta_docker_container_id=aaa
        __meta_docker_container_image=nginx
        __meta_docker_container_image_id=sha256:1
        __meta_docker_container_label_com_example_tier=front
        __meta_docker_container_name=/web
        __meta_docker_container_network_mode=net
        __meta_docker_network_id=n1
        __meta_docker_network_ingress=false
        __meta_docker_network_internal=true
        __meta_docker_network_ip=172.19.0.2
        __meta_docker_network_label_own_er=me
        __meta_docker_network_name=net
        __meta_docker_network_scope=local
        __meta_docker_port_private=80
        __meta_docker_port_public=8080
        __meta_docker_port_public_ip=0.0.0.0
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-docker-").FullName;
    private readonly TestDiscovery _discovery = new();
    private FakeApi _engine = null!;

    private string Socket => Path.Combine(_folder, "docker.sock");

    public async ValueTask InitializeAsync()
    {
        _engine = await FakeApi.StartAsync(Socket);
        _engine["/containers/json"] = Containers;
        _engine["/networks"] = Networks;
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _discovery.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Containers_BecomeTargets()
    {
        var targets = (await ListAsync(new DockerSdConfig { Host = "unix://" + Socket })).Split("\n\n");
        Assert.Equal(Web, targets[0]);
        Assert.Equal(["172.19.0.2:80 /web", "172.19.0.2:9113 /web", "[fd00::2]:80 /sidecar", "[fd00::2]:80 /v6", "localhost /hostly"], targets.Select(Summary));
        Assert.Equal("""
            __address__=[fd00::2]:80
            __meta_docker_container_id=bbb
            __meta_docker_container_name=/sidecar
            __meta_docker_container_network_mode=container:ccc
            __meta_docker_network_id=n1
            __meta_docker_network_ingress=false
            __meta_docker_network_internal=true
            __meta_docker_network_ip=fd00::2
            __meta_docker_network_label_own_er=me
            __meta_docker_network_name=net
            __meta_docker_network_scope=local
            """, targets[2]);
    }

    [Fact]
    public async Task AllNetworks_HostName_AndPort()
    {
        var config = new DockerSdConfig { Host = "unix://" + Socket, MatchFirstNetwork = false, HostNetworkingHost = "me.example", Port = 9 };
        Assert.Equal(
            ["172.19.0.2:80 /web", "172.19.0.2:9113 /web", "172.20.0.2:80 /web", "172.20.0.2:9113 /web", "[fd00::2]:9 /sidecar", "[fd00::2]:9 /v6", "me.example /hostly"],
            (await ListAsync(config)).Split("\n\n").Select(Summary));
    }

    [Fact]
    public async Task Filters_GoToTheEngine()
    {
        _engine["""/containers/json?filters={"name":{"a":true,"b":true},"label":{"x":true}}"""] = "[]";
        var config = new DockerSdConfig { Host = "unix://" + Socket, Filters = [new() { Name = "name", Values = ["a", "b"] }, new() { Name = "label", Values = ["x"] }] };
        Assert.Equal("", await ListAsync(config));
    }

    [Fact]
    public async Task EngineOverTcp_AndItsRefusal()
    {
        await using var engine = await FakeApi.StartAsync();
        engine["/containers/json"] = "[]";
        engine["/networks"] = "[]";
        Assert.Equal("", await ListAsync(new DockerSdConfig { Host = "tcp://" + engine.Address }));
        Assert.Equal("", await ListAsync(new DockerSdConfig { Host = $"http://{engine.Address}", Http = new HttpClientConfig { BasicAuth = new BasicAuthConfig { Username = "u", Password = new Secret("p") } } }));
        Assert.Equal("Basic dTpw", engine.Headers.Authorization.ToString());
        engine.Forget("/networks");
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => ListAsync(new DockerSdConfig { Host = "tcp://" + engine.Address }));
        Assert.Equal($"http://{engine.Address}/networks: the server answered 404 Not Found", error.Message);
        engine["/networks"] = """{"message": "no"}""";
        await Assert.ThrowsAsync<FormatException>(() => ListAsync(new DockerSdConfig { Host = "tcp://" + engine.Address }));
        Assert.Throws<FormatException>(() => new DockerLister(new DockerSdConfig { Host = "npipe:////./pipe/docker" }, _discovery.For(TimeProvider.System)));
    }

    [Fact]
    public async Task MissingSocket_IsNamed()
    {
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => ListAsync(new DockerSdConfig { Host = $"unix://{_folder}/none.sock" }));
        Assert.Equal($"{_folder}/none.sock: there is no such socket", error.Message);
    }

    private async Task<string> ListAsync(DockerSdConfig config)
    {
        using var lister = new DockerLister(config, _discovery.For(TimeProvider.System));
        return TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken));
    }

    private static string Summary(string target)
    {
        var labels = target.Split('\n').ToDictionary(l => l.Split('=')[0], l => l.Split('=')[1]);
        return $"{labels["__address__"]} {labels["__meta_docker_container_name"]}";
    }
}
