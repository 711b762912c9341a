using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Docker;

/// <summary>Targets from a swarm's services, tasks or nodes (reference D12).</summary>
internal sealed class SwarmLister(DockerSwarmSdConfig config, DiscoveryContext context) : ITargetLister
{
    private readonly DockerClient _client = new(config.Host, config.Http, config.RefreshInterval, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        IReadOnlyList<IReadOnlyDictionary<string, string>> targets = config.Role switch
        {
            SwarmRole.Services => await ServicesAsync(cancellation).ConfigureAwait(false),
            SwarmRole.Tasks => await TasksAsync(cancellation).ConfigureAwait(false),
            SwarmRole.Nodes => await NodesAsync(cancellation).ConfigureAwait(false),
        };
        return [new TargetGroup("DockerSwarm", targets, ConfigDefaults.NoStrings)];
    }

    public void Dispose() => _client.Dispose();

    private async Task<List<Dictionary<string, string>>> NodesAsync(CancellationToken cancellation)
    {
        using var nodes = await _client.ListAsync("nodes", config.Filters, cancellation).ConfigureAwait(false);
        return [.. nodes.RootElement.Items().Select(node => new Dictionary<string, string>(SwarmLabels.OfNodeAlone(node)) { [TargetGroup.AddressLabel] = LabelText.HostPort(node.Text("Status", "Addr"), config.Port) })];
    }

    private async Task<List<Dictionary<string, string>>> ServicesAsync(CancellationToken cancellation)
    {
        using var services = await _client.ListAsync("services", config.Filters, cancellation).ConfigureAwait(false);
        var networks = await _client.NetworkLabelsAsync(SwarmLabels.Prefix, cancellation).ConfigureAwait(false);
        List<Dictionary<string, string>> targets = [];
        foreach (var service in services.RootElement.Items())
        {
            var ports = TcpPorts(service.At("Endpoint", "Ports"));
            foreach (var address in service.Items("Endpoint", "VirtualIPs"))
            {
                var shared = Merged(SwarmLabels.OfServiceAlone(service), networks.GetValueOrDefault(address.Text("NetworkID")));
                AddPorts(targets, shared, LabelText.IpOfNetwork(address.Text("Addr")), ports, SwarmLabels.OfServicePort);
            }
        }
        return targets;
    }

    private async Task<List<Dictionary<string, string>>> TasksAsync(CancellationToken cancellation)
    {
        using var tasks = await _client.ListAsync("tasks", config.Filters, cancellation).ConfigureAwait(false);
        using var services = await _client.ListAsync("services", [], cancellation).ConfigureAwait(false);
        using var nodes = await _client.ListAsync("nodes", [], cancellation).ConfigureAwait(false);
        var networks = await _client.NetworkLabelsAsync(SwarmLabels.Prefix, cancellation).ConfigureAwait(false);
        var serviceById = ById(services);
        var nodeById = ById(nodes);
        List<Dictionary<string, string>> targets = [];
        foreach (var task in tasks.RootElement.Items())
        {
            var service = serviceById.GetValueOrDefault(task.Text("ServiceID"));
            var node = nodeById.GetValueOrDefault(task.Text("NodeID"));
            var common = Merged(Merged(SwarmLabels.OfTask(task), service.IsPresent() ? SwarmLabels.OfService(service) : null), node.IsPresent() ? SwarmLabels.OfNode(node) : null);
            // Ports published on the task's own node, without a network between.
            foreach (var port in TcpPorts(task.At("Status", "PortStatus", "Ports"))) targets.Add(OnPort(Merged(common, SwarmLabels.OfTaskPort(port)), node.Text("Status", "Addr"), port));
            foreach (var attachment in task.Items("NetworksAttachments"))
            {
                var shared = Merged(common, networks.GetValueOrDefault(attachment.Text("Network", "ID")));
                foreach (string address in attachment.Texts("Addresses")) AddPorts(targets, shared, LabelText.IpOfNetwork(address), TcpPorts(service.At("Endpoint", "Ports")), SwarmLabels.OfTaskPort);
            }
        }
        return targets;
    }

    // One target a port; without ports one with the configured port.
    private void AddPorts(List<Dictionary<string, string>> targets, Dictionary<string, string> shared, string ip, List<JsonElement> ports, Func<JsonElement, Dictionary<string, string>> labelsOf)
    {
        targets.AddRange(ports.Select(port => OnPort(Merged(shared, labelsOf(port)), ip, port)));
        if (ports.Count == 0) targets.Add(new Dictionary<string, string>(shared) { [TargetGroup.AddressLabel] = LabelText.HostPort(ip, config.Port) });
    }

    private static Dictionary<string, string> OnPort(Dictionary<string, string> labels, string host, JsonElement port)
    {
        labels[TargetGroup.AddressLabel] = LabelText.HostPort(host, port.Number("PublishedPort"));
        return labels;
    }

    private static List<JsonElement> TcpPorts(JsonElement ports) => [.. ports.Items().Where(port => port.Text("Protocol") == "tcp")];

    private static Dictionary<string, JsonElement> ById(JsonDocument list)
    {
        var byId = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var item in list.RootElement.Items()) byId[item.Text("ID")] = item;
        return byId;
    }

    private static Dictionary<string, string> Merged(Dictionary<string, string> labels, Dictionary<string, string>? more)
    {
        var merged = new Dictionary<string, string>(labels);
        foreach (var (name, value) in more ?? []) merged[name] = value;
        return merged;
    }
}
