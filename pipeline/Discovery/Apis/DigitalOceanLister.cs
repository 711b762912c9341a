using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from DigitalOcean's droplets or databases (reference D20).</summary>
internal sealed class DigitalOceanLister(DigitalOceanSdConfig config, DiscoveryContext context, string root = DigitalOceanLister.Root) : ITargetLister
{
    public const string Root = "https://api.digitalocean.com";

    private const string Prefix = "__meta_digitalocean_";
    private const string Separator = ",";

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        bool isDroplets = config.Role == DigitalOceanRole.Droplets;
        string kind = isDroplets ? "droplets" : "databases";
        List<IReadOnlyDictionary<string, string>> targets = [];
        for (int page = 1; page <= ApiClient.MaxPages; page++)
        {
            using var answer = await _api.GetAsync(FormattableString.Invariant($"{root}/v2/{kind}?page={page}&per_page=100"), config.RefreshInterval, cancellation).ConfigureAwait(false);
            foreach (var item in answer.RootElement.Items(kind))
            {
                if ((isDroplets ? DropletOf(item) : DatabaseOf(item)) is { } target) targets.Add(target);
            }
            bool hasNext = isDroplets ? answer.RootElement.Text("links", "pages", "next").Length > 0 : answer.RootElement.Items(kind).Any();
            if (!hasNext) return [new TargetGroup(isDroplets ? "DigitalOcean" : "DigitalOcean Databases", targets, ConfigDefaults.NoStrings)];
        }
        throw ApiClient.TooManyPages(kind);
    }

    public void Dispose() => _api.Dispose();

    private Dictionary<string, string>? DropletOf(JsonElement droplet)
    {
        if (!droplet.Items("networks", "v4").Any()) return null;
        string address = AddressOf(droplet, "v4", "public");
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(address, config.Port),
            [Prefix + "droplet_id"] = LabelText.Of(droplet.Number("id")),
            [Prefix + "droplet_name"] = droplet.Text("name"),
            [Prefix + "image"] = droplet.Text("image", "slug"),
            [Prefix + "image_name"] = droplet.Text("image", "name"),
            [Prefix + "private_ipv4"] = AddressOf(droplet, "v4", "private"),
            [Prefix + "public_ipv4"] = address,
            [Prefix + "public_ipv6"] = AddressOf(droplet, "v6", "public"),
            [Prefix + "region"] = droplet.Text("region", "slug"),
            [Prefix + "size"] = droplet.Text("size_slug"),
            [Prefix + "status"] = droplet.Text("status"),
            [Prefix + "vpc"] = droplet.Text("vpc_uuid"),
        };
        AddList(target, "features", droplet.Texts("features"));
        AddList(target, "tags", droplet.Texts("tags"));
        return target;
    }

    private Dictionary<string, string> DatabaseOf(JsonElement database)
    {
        string inside = database.Text("private_connection", "host"), outside = database.Text("connection", "host");
        string host = inside.Length > 0 ? inside : outside;
        var target = new Dictionary<string, string>
        {
            [Prefix + "db_id"] = database.Text("id"),
            [Prefix + "db_name"] = database.Text("name"),
            [Prefix + "db_engine"] = database.Text("engine"),
            [Prefix + "db_version"] = database.Text("version"),
            [Prefix + "db_status"] = database.Text("status"),
            [Prefix + "db_region"] = database.Text("region"),
            [Prefix + "db_size"] = database.Text("size"),
            [Prefix + "db_num_nodes"] = LabelText.Of(database.Number("num_nodes")),
            [Prefix + "db_host"] = outside,
            [Prefix + "db_private_host"] = inside,
        };
        if (host.Length > 0) target[TargetGroup.AddressLabel] = LabelText.HostPort(host, config.Port);
        // Not sanitised, as in Prometheus: a tag such as env:prod gives a label of that name.
        foreach (string tag in database.Texts("tags")) target[Prefix + "db_tag_" + tag] = "true";
        return target;
    }

    private static string AddressOf(JsonElement droplet, string version, string type) =>
        droplet.Items("networks", version).FirstOrDefault(network => network.Text("type") == type).Text("ip_address");

    private static void AddList(Dictionary<string, string> target, string label, IEnumerable<string> members)
    {
        var list = members.ToList();
        if (list.Count > 0) target[Prefix + label] = LabelText.List(list, Separator);
    }
}
