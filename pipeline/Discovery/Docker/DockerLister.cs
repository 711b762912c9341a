using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Docker;

/// <summary>Targets from containers (reference D11): one for each TCP port in each network, else one with the configured port.</summary>
internal sealed class DockerLister(DockerSdConfig config, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_docker_";
    private const string SharedNetwork = "container:";

    private readonly DockerClient _client = new(config.Host, config.Http, config.RefreshInterval, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        using var answer = await _client.ListAsync("containers/json", config.Filters, cancellation).ConfigureAwait(false);
        var networks = await _client.NetworkLabelsAsync(Prefix, cancellation).ConfigureAwait(false);
        var containers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var container in answer.RootElement.Items()) containers[container.Text("Id")] = container;
        List<IReadOnlyDictionary<string, string>> targets = [];
        foreach (var container in answer.RootElement.Items().Where(c => c.Items("Names").Any())) targets.AddRange(TargetsOf(container, containers, networks));
        return [new TargetGroup("Docker", targets, ConfigDefaults.NoStrings)];
    }

    public void Dispose() => _client.Dispose();

    private IEnumerable<Dictionary<string, string>> TargetsOf(JsonElement container, Dictionary<string, JsonElement> containers, IReadOnlyDictionary<string, Dictionary<string, string>> networks)
    {
        var common = CommonLabels(container);
        foreach (var network in NetworksOf(container, containers))
        {
            string ip = LabelText.Ip(network.Text("IPAddress"));
            if (ip.Length == 0) ip = LabelText.Ip(network.Text("GlobalIPv6Address"));
            var shared = new Dictionary<string, string>(common) { [Prefix + "network_ip"] = ip };
            foreach (var (name, value) in networks.GetValueOrDefault(network.Text("NetworkID")) ?? []) shared[name] = value;
            var ports = container.Items("Ports").Where(port => port.Text("Type") == "tcp").ToList();
            foreach (var port in ports) yield return TargetOf(shared, ip, port);
            if (ports.Count > 0) continue;
            bool isHost = container.Text("HostConfig", "NetworkMode") == "host";
            yield return new Dictionary<string, string>(shared) { [TargetGroup.AddressLabel] = isHost ? config.HostNetworkingHost : LabelText.HostPort(ip, config.Port) };
        }
    }

    private static Dictionary<string, string> TargetOf(Dictionary<string, string> shared, string ip, JsonElement port)
    {
        long inside = port.Number("PrivatePort"), outside = port.Number("PublicPort");
        var target = new Dictionary<string, string>(shared)
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(ip, inside),
            [Prefix + "port_private"] = LabelText.Of(inside),
        };
        if (outside <= 0) return target;
        target[Prefix + "port_public"] = LabelText.Of(outside);
        target[Prefix + "port_public_ip"] = LabelText.Ip(port.Text("IP"));
        return target;
    }

    private static Dictionary<string, string> CommonLabels(JsonElement container)
    {
        var labels = new Dictionary<string, string>
        {
            [Prefix + "container_id"] = container.Text("Id"),
            [Prefix + "container_image"] = container.Text("Image"),
            [Prefix + "container_image_id"] = container.Text("ImageID"),
            [Prefix + "container_name"] = container.Texts("Names").First(),
            [Prefix + "container_network_mode"] = container.Text("HostConfig", "NetworkMode"),
        };
        DockerClient.AddLabels(labels, Prefix + "container_label_", container.At("Labels"));
        return labels;
    }

    private List<JsonElement> NetworksOf(JsonElement container, Dictionary<string, JsonElement> containers)
    {
        // A container may sit in the network of another one, and that one in a third's: at most as many steps as there are containers, so that a ring ends.
        for (int steps = 0; steps < containers.Count; steps++)
        {
            string mode = container.Text("HostConfig", "NetworkMode");
            if (container.Members("NetworkSettings", "Networks").Any() || !mode.StartsWith(SharedNetwork, StringComparison.Ordinal)) break;
            if (!containers.TryGetValue(mode[SharedNetwork.Length..], out var owner)) break;
            container = owner;
        }
        var networks = container.Members("NetworkSettings", "Networks").Where(n => n.Value.IsPresent()).OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => n.Value);
        return [.. config.MatchFirstNetwork ? networks.Take(1) : networks];
    }
}
