using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the servers of an IONOS data center (reference D23). A server without an address is none.</summary>
internal sealed class IonosLister(IonosSdConfig config, DiscoveryContext context, string root = IonosLister.Root) : ITargetLister
{
    public const string Root = "https://api.ionos.com";

    private const string Prefix = "__meta_ionos_server_";
    private const string Separator = ",";
    private const string NamelessNic = "unnamed";

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        string url = $"{root}/cloudapi/v6/datacenters/{Uri.EscapeDataString(config.DatacenterId)}/servers?depth=3";
        using var answer = await _api.GetAsync(url, config.RefreshInterval, cancellation).ConfigureAwait(false);
        string id = answer.RootElement.Text("id");
        return [new TargetGroup("ionos", [.. answer.RootElement.Items("items").Select(server => TargetOf(server, id)).OfType<Dictionary<string, string>>()], ConfigDefaults.NoStrings)];
    }

    public void Dispose() => _api.Dispose();

    private Dictionary<string, string>? TargetOf(JsonElement server, string serversId)
    {
        List<string> all = [];
        var byNic = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var nic in server.Items("entities", "nics", "items").Select(nic => nic.At("properties")).Where(p => p.IsPresent()))
        {
            string name = nic.At("name").IsPresent() ? nic.Text("name") : NamelessNic;
            var own = nic.Texts("ips").ToList();
            // As Prometheus: later cards come first.
            all.InsertRange(0, own);
            if (!byNic.TryGetValue(name, out var known)) byNic[name] = known = [];
            known.InsertRange(0, own);
        }
        if (all.Count == 0) return null;
        var properties = server.At("properties");
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(all[0], config.Port),
            [Prefix + "ip"] = LabelText.List(all, Separator),
            [Prefix + "availability_zone"] = properties.Text("availabilityZone"),
            [Prefix + "cpu_family"] = properties.Text("cpuFamily"),
            [Prefix + "servers_id"] = serversId,
            [Prefix + "id"] = server.Text("id"),
            [Prefix + "lifecycle"] = server.Text("metadata", "state"),
            [Prefix + "name"] = properties.Text("name"),
            [Prefix + "state"] = properties.Text("vmState"),
            [Prefix + "type"] = properties.Text("type"),
            [Prefix + "boot_cdrom_id"] = properties.Text("bootCdrom", "id"),
            [Prefix + "boot_volume_id"] = properties.Text("bootVolume", "id"),
            [Prefix + "boot_image_id"] = server.Items("entities", "volumes", "items").FirstOrDefault().Text("properties", "image"),
        };
        foreach (var (name, addresses) in byNic) target[Prefix + "nic_ip_" + LabelText.Sanitized(name)] = LabelText.List(addresses, Separator);
        return target;
    }
}
