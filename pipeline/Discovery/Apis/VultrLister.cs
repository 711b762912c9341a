using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from Vultr's instances (reference D37).</summary>
internal sealed class VultrLister(VultrSdConfig config, DiscoveryContext context, string root = VultrLister.Root) : ITargetLister
{
    public const string Root = "https://api.vultr.com";

    private const string Prefix = "__meta_vultr_instance_";
    private const string Separator = ",";

    private static readonly (string Label, string Key)[] Texts =
    [
        ("id", "id"), ("label", "label"), ("os", "os"), ("region", "region"), ("plan", "plan"), ("main_ip", "main_ip"), ("main_ipv6", "v6_main_ip"), ("internal_ip", "internal_ip"),
        ("hostname", "hostname"), ("server_status", "server_status"),
    ];

    private static readonly (string Label, string Key)[] Numbers =
        [("os_id", "os_id"), ("vcpu_count", "vcpu_count"), ("ram_mb", "ram"), ("allowed_bandwidth_gb", "allowed_bandwidth"), ("disk_gb", "disk")];

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        List<IReadOnlyDictionary<string, string>> targets = [];
        string cursor = "";
        for (int pages = 0; pages < ApiClient.MaxPages; pages++)
        {
            string from = cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            using var answer = await _api.GetAsync($"{root}/v2/instances?per_page=100{from}", config.RefreshInterval, cancellation).ConfigureAwait(false);
            targets.AddRange(answer.RootElement.Items("instances").Select(TargetOf));
            cursor = answer.RootElement.Text("meta", "links", "next");
            if (cursor.Length == 0) return [new TargetGroup("Vultr", targets, ConfigDefaults.NoStrings)];
        }
        throw ApiClient.TooManyPages("instances");
    }

    public void Dispose() => _api.Dispose();

    private Dictionary<string, string> TargetOf(JsonElement instance)
    {
        var target = new Dictionary<string, string> { [TargetGroup.AddressLabel] = LabelText.HostPort(instance.Text("main_ip"), config.Port) };
        foreach (var (label, key) in Texts) target[Prefix + label] = instance.Text(key);
        foreach (var (label, key) in Numbers) target[Prefix + label] = LabelText.Of(instance.Number(key));
        foreach (string list in (string[])["features", "tags"])
        {
            var members = instance.Texts(list).ToList();
            if (members.Count > 0) target[Prefix + list] = LabelText.List(members, Separator);
        }
        return target;
    }
}
