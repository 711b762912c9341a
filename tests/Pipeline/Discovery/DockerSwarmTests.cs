using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Docker;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by Docker Swarm (reference D12) over a Unix socket, answers as in the Engine API's description.</summary>
public sealed class DockerSwarmTests : IAsyncLifetime
{
    private const string Nodes = """
        [{
          "ID": "node1", "Spec": {"Role": "manager", "Availability": "active", "Labels": {"zone.id": "z1"}},
          "Description": {"Hostname": "host1", "Platform": {"Architecture": "x86_64", "OS": "linux"}, "Engine": {"EngineVersion": "29.1.0"}},
          "Status": {"State": "ready", "Addr": "10.0.0.1"}, "ManagerStatus": {"Leader": true, "Reachability": "reachable", "Addr": "10.0.0.1:2377"}
        }]
        """;

    private const string Services = """
        [
          {
            "ID": "svc1",
            "Spec": {"Name": "web", "Labels": {"team": "a"}, "Mode": {"Replicated": {"Replicas": 2}}, "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1", "Hostname": "web"}}},
            "Endpoint": {"Ports": [{"Name": "http", "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"}, {"Protocol": "udp", "PublishedPort": 53}],
                         "VirtualIPs": [{"NetworkID": "n1", "Addr": "10.0.9.2/24"}]},
            "UpdateStatus": {"State": "completed"}
          },
          {"ID": "svc2", "Spec": {"Name": "plugin", "Mode": {"Global": {}}, "TaskTemplate": {}}, "Endpoint": {"VirtualIPs": [{"NetworkID": "n9", "Addr": "fd00::7/64"}]}}
        ]
        """;

    private const string Tasks = """
        [{
          "ID": "task1", "ServiceID": "svc1", "NodeID": "node1", "Slot": 2, "DesiredState": "running", "Spec": {"ContainerSpec": {"Labels": {"build": "7"}}},
          "Status": {"State": "running", "ContainerStatus": {"ContainerID": "c1"}, "PortStatus": {"Ports": [{"Protocol": "tcp", "PublishedPort": 9100, "PublishMode": "host"}, {"Protocol": "udp", "PublishedPort": 9}]}},
          "NetworksAttachments": [{"Network": {"ID": "n1"}, "Addresses": ["10.0.9.5/24"]}]
        },
        {"ID": "task2", "ServiceID": "gone", "NodeID": "gone", "DesiredState": "shutdown", "Status": {"State": "failed", "PortStatus": {}}, "NetworksAttachments": [{"Network": {"ID": "n9"}, "Addresses": ["10.0.9.6/24"]}]}]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-swarm-").FullName;
    private readonly TestDiscovery _discovery = new();
    private FakeApi _engine = null!;

    private string Socket => Path.Combine(_folder, "docker.sock");

    public async ValueTask InitializeAsync()
    {
        _engine = await FakeApi.StartAsync(Socket);
        (_engine["/nodes"], _engine["/services"], _engine["/tasks"]) = (Nodes, Services, Tasks);
        _engine["/networks"] = """[{"Id": "n1", "Name": "ingress", "Scope": "swarm", "Internal": false, "Ingress": true, "Labels": {"k": "v"}}]""";
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _discovery.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nodes_BecomeTargets() => Assert.Equal("""
        __address__=10.0.0.1:9323
        __meta_dockerswarm_node_address=10.0.0.1
        __meta_dockerswarm_node_availability=active
        __meta_dockerswarm_node_engine_version=29.1.0
        __meta_dockerswarm_node_hostname=host1
        __meta_dockerswarm_node_id=node1
        __meta_dockerswarm_node_label_zone_id=z1
        __meta_dockerswarm_node_manager_address=10.0.0.1:2377
        __meta_dockerswarm_node_manager_leader=true
        __meta_dockerswarm_node_manager_reachability=reachable
        __meta_dockerswarm_node_platform_architecture=x86_64
        __meta_dockerswarm_node_platform_os=linux
        __meta_dockerswarm_node_role=manager
        __meta_dockerswarm_node_status=ready
        """, await ListAsync(SwarmRole.Nodes));

    [Fact]
    public async Task Services_BecomeTargets() => Assert.Equal("""
        __address__=10.0.9.2:8080
        __meta_dockerswarm_network_id=n1
        __meta_dockerswarm_network_ingress=true
        __meta_dockerswarm_network_internal=false
        __meta_dockerswarm_network_label_k=v
        __meta_dockerswarm_network_name=ingress
        __meta_dockerswarm_network_scope=swarm
        __meta_dockerswarm_service_endpoint_port_name=http
        __meta_dockerswarm_service_endpoint_port_publish_mode=ingress
        __meta_dockerswarm_service_id=svc1
        __meta_dockerswarm_service_label_team=a
        __meta_dockerswarm_service_mode=replicated
        __meta_dockerswarm_service_name=web
        __meta_dockerswarm_service_task_container_hostname=web
        __meta_dockerswarm_service_task_container_image=nginx:1
        __meta_dockerswarm_service_updating_status=completed

        __address__=[fd00::7]:9323
        __meta_dockerswarm_service_id=svc2
        __meta_dockerswarm_service_mode=global
        __meta_dockerswarm_service_name=plugin
        """, await ListAsync(SwarmRole.Services));

    [Fact]
    public async Task Tasks_BecomeTargets()
    {
        const string common = """
            __meta_dockerswarm_container_label_build=7
            """;
        const string network = """
            __meta_dockerswarm_network_id=n1
            __meta_dockerswarm_network_ingress=true
            __meta_dockerswarm_network_internal=false
            __meta_dockerswarm_network_label_k=v
            __meta_dockerswarm_network_name=ingress
            __meta_dockerswarm_network_scope=swarm
            """;
        const string nodeAndService = """
            __meta_dockerswarm_node_address=10.0.0.1
            __meta_dockerswarm_node_availability=active
            __meta_dockerswarm_node_hostname=host1
            __meta_dockerswarm_node_id=node1
            __meta_dockerswarm_node_label_zone_id=z1
            __meta_dockerswarm_node_platform_architecture=x86_64
            __meta_dockerswarm_node_platform_os=linux
            __meta_dockerswarm_node_role=manager
            __meta_dockerswarm_node_status=ready
            __meta_dockerswarm_service_id=svc1
            __meta_dockerswarm_service_label_team=a
            __meta_dockerswarm_service_mode=replicated
            __meta_dockerswarm_service_name=web
            __meta_dockerswarm_task_container_id=c1
            __meta_dockerswarm_task_desired_state=running
            __meta_dockerswarm_task_id=task1
            """;
        string expected = $"""
            __address__=10.0.0.1:9100
            {common}
            {nodeAndService}
            __meta_dockerswarm_task_port_publish_mode=host
            __meta_dockerswarm_task_slot=2
            __meta_dockerswarm_task_state=running

            __address__=10.0.9.5:8080
            {common}
            {network}
            {nodeAndService}
            __meta_dockerswarm_task_port_publish_mode=ingress
            __meta_dockerswarm_task_slot=2
            __meta_dockerswarm_task_state=running

            __address__=10.0.9.6:9323
            __meta_dockerswarm_task_desired_state=shutdown
            __meta_dockerswarm_task_id=task2
            __meta_dockerswarm_task_slot=0
            __meta_dockerswarm_task_state=failed
            """;
        Assert.Equal(expected, await ListAsync(SwarmRole.Tasks));
    }

    [Fact]
    public async Task Filters_HoldForTheRoleAlone()
    {
        _engine["""/tasks?filters={"desired-state":{"running":true}}"""] = "[]";
        Assert.Equal("", await ListAsync(SwarmRole.Tasks, new DiscoveryFilter { Name = "desired-state", Values = ["running"] }));
        Assert.Contains("GET /services", _engine.Asked);
    }

    private async Task<string> ListAsync(SwarmRole role, params DiscoveryFilter[] filters)
    {
        var config = new DockerSwarmSdConfig { Host = "unix://" + Socket, Role = role, Port = 9323, Filters = filters };
        using var lister = new SwarmLister(config, _discovery.For(TimeProvider.System));
        return TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken));
    }
}
