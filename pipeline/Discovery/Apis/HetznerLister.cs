using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from Hetzner's servers (reference D22): the Robot API for dedicated ones, the cloud's for the others.</summary>
internal sealed class HetznerLister(HetznerSdConfig config, DiscoveryContext context, string? root = null) : ITargetLister
{
    private const string Prefix = "__meta_hetzner_";

    // What Prometheus writes for an address that a server does not have.
    private const string NoAddress = "<nil>";

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation) =>
        [new TargetGroup("hetzner", config.Role == HetznerRole.Robot ? await RobotAsync(cancellation).ConfigureAwait(false) : await CloudAsync(cancellation).ConfigureAwait(false), ConfigDefaults.NoStrings)];

    public void Dispose() => _api.Dispose();

    private async Task<List<Dictionary<string, string>>> RobotAsync(CancellationToken cancellation)
    {
        using var answer = await _api.GetAsync((root ?? "https://robot-ws.your-server.de") + "/server", config.RefreshInterval, cancellation).ConfigureAwait(false);
        return [.. answer.RootElement.Items().Select(item => RobotTarget(item.At("server")))];
    }

    private Dictionary<string, string> RobotTarget(JsonElement server)
    {
        string address = server.Text("server_ip"), datacenter = server.Text("dc").ToLowerInvariant();
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(address, config.Port),
            [Prefix + "role"] = "robot",
            [Prefix + "server_id"] = LabelText.Of(server.Number("server_number")),
            [Prefix + "server_name"] = server.Text("server_name"),
            [Prefix + "server_status"] = server.Text("status"),
            [Prefix + "datacenter"] = datacenter,
            [Prefix + "public_ipv4"] = address,
            [Prefix + "robot_datacenter"] = datacenter,
            [Prefix + "robot_product"] = server.Text("product"),
            [Prefix + "robot_cancelled"] = LabelText.Of(server.Flag("cancelled")),
        };
        var ipv6 = server.Items("subnet").FirstOrDefault(subnet => subnet.Text("ip").Contains(':'));
        if (ipv6.IsPresent()) target[Prefix + "public_ipv6_network"] = $"{ipv6.Text("ip")}/{ipv6.Text("mask")}";
        return target;
    }

    private async Task<List<Dictionary<string, string>>> CloudAsync(CancellationToken cancellation)
    {
        var servers = await PagesAsync("servers", config.LabelSelector, cancellation).ConfigureAwait(false);
        var networks = await PagesAsync("networks", "", cancellation).ConfigureAwait(false);
        var names = networks.ToDictionary(network => network.Number("id"), network => network.Text("name"));
        return [.. servers.Select(server => CloudTarget(server, names))];
    }

    private async Task<List<JsonElement>> PagesAsync(string what, string selector, CancellationToken cancellation)
    {
        List<JsonElement> items = [];
        long page = 1;
        for (int pages = 0; pages < ApiClient.MaxPages; pages++)
        {
            string filter = selector.Length == 0 ? "" : $"&label_selector={Uri.EscapeDataString(selector)}";
            using var answer = await _api.GetAsync(FormattableString.Invariant($"{root ?? "https://api.hetzner.cloud/v1"}/{what}?page={page}&per_page=50{filter}"), config.RefreshInterval, cancellation).ConfigureAwait(false);
            items.AddRange(answer.RootElement.Items(what).Select(item => item.Clone()));
            page = answer.RootElement.Number("meta", "pagination", "next_page");
            if (page == 0) return items;
        }
        throw ApiClient.TooManyPages(what);
    }

    private Dictionary<string, string> CloudTarget(JsonElement server, Dictionary<long, string> networks)
    {
        string address = OrNone(LabelText.Ip(server.Text("public_net", "ipv4", "ip")));
        // Servers created before locations stood by themselves have them in their datacenter.
        var location = server.At("location");
        if (!location.IsPresent()) location = server.At("datacenter", "location");
        var type = server.At("server_type");
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(address, config.Port),
            [Prefix + "role"] = "hcloud",
            [Prefix + "server_id"] = LabelText.Of(server.Number("id")),
            [Prefix + "server_name"] = server.Text("name"),
            [Prefix + "server_status"] = server.Text("status"),
            [Prefix + "public_ipv4"] = address,
            [Prefix + "public_ipv6_network"] = OrNone(server.Text("public_net", "ipv6", "ip")),
            [Prefix + "hcloud_location"] = location.Text("name"),
            [Prefix + "hcloud_location_network_zone"] = location.Text("network_zone"),
            [Prefix + "hcloud_datacenter_location"] = location.Text("name"),
            [Prefix + "hcloud_datacenter_location_network_zone"] = location.Text("network_zone"),
            [Prefix + "hcloud_server_type"] = type.Text("name"),
            [Prefix + "hcloud_cpu_cores"] = LabelText.Of(type.Number("cores")),
            [Prefix + "hcloud_cpu_type"] = type.Text("cpu_type"),
            [Prefix + "hcloud_memory_size_gb"] = LabelText.Of((long)type.Real("memory")),
            [Prefix + "hcloud_disk_size_gb"] = LabelText.Of((long)type.Real("disk")),
        };
        foreach (string part in (string[])["name", "description", "os_version", "os_flavor"]) target[Prefix + "hcloud_image_" + part] = server.Text("image", part);
        foreach (var network in server.Items("private_net"))
        {
            if (networks.TryGetValue(network.Number("network"), out string? name)) target[Prefix + "hcloud_private_ipv4_" + LabelText.Sanitized(name)] = network.Text("ip");
        }
        foreach (var label in server.Members("labels"))
        {
            target[Prefix + "hcloud_labelpresent_" + LabelText.Sanitized(label.Name)] = "true";
            target[Prefix + "hcloud_label_" + LabelText.Sanitized(label.Name)] = label.Value.Text();
        }
        return target;
    }

    private static string OrNone(string text) => text.Length > 0 ? text : NoAddress;
}
