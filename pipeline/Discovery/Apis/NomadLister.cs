using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the instances of Nomad's services (reference D10).</summary>
internal sealed class NomadLister(NomadSdConfig config, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_nomad_";

    private readonly ApiClient _api = new(config.Http, context.Time);
    private readonly string _root = config.Server.Trim().TrimEnd('/');

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        var failures = context.Metrics.FailuresOf("nomad");
        try
        {
            return [new TargetGroup("Nomad", await TargetsAsync(cancellation).ConfigureAwait(false), ConfigDefaults.NoStrings)];
        }
        catch when (!cancellation.IsCancellationRequested)
        {
            failures.Add(1);
            throw;
        }
    }

    public void Dispose() => _api.Dispose();

    private async Task<List<Dictionary<string, string>>> TargetsAsync(CancellationToken cancellation)
    {
        using var catalog = await AskAsync("services", cancellation).ConfigureAwait(false);
        List<Dictionary<string, string>> targets = [];
        foreach (string service in catalog.RootElement.Items().SelectMany(space => space.Items("Services")).Select(service => service.Text("ServiceName")))
        {
            using var instances = await AskAsync("service/" + Uri.EscapeDataString(service), cancellation).ConfigureAwait(false);
            targets.AddRange(instances.RootElement.Items().Select(TargetOf));
        }
        return targets;
    }

    private Task<JsonDocument> AskAsync(string what, CancellationToken cancellation)
    {
        string region = config.Region.Length == 0 ? "" : $"&region={Uri.EscapeDataString(config.Region)}";
        string url = $"{_root}/v1/{what}?namespace={Uri.EscapeDataString(config.Namespace)}{region}{(config.AllowStale ? "&stale=" : "")}";
        return _api.GetAsync(url, config.RefreshInterval, cancellation);
    }

    private Dictionary<string, string> TargetOf(JsonElement instance)
    {
        string address = instance.Text("Address");
        long port = instance.Number("Port");
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(address, port),
            [Prefix + "address"] = address,
            [Prefix + "dc"] = instance.Text("Datacenter"),
            [Prefix + "node_id"] = instance.Text("NodeID"),
            [Prefix + "namespace"] = instance.Text("Namespace"),
            [Prefix + "service"] = instance.Text("ServiceName"),
            [Prefix + "service_address"] = address,
            [Prefix + "service_id"] = instance.Text("ID"),
            [Prefix + "service_port"] = LabelText.Of(port),
        };
        var tags = instance.Texts("Tags").ToList();
        if (tags.Count > 0) target[Prefix + "tags"] = LabelText.List(tags, config.TagSeparator);
        return target;
    }
}
