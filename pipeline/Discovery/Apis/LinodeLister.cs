using System.Globalization;
using System.Net;
using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>
/// Targets from Linode's instances (reference D25). Between full listings only events are asked for: none means that nothing has changed. Every tenth time everything is
/// listed, because what happens inside of a machine is no event. A token that may not read events is no obstacle.
/// </summary>
internal sealed class LinodeLister(LinodeSdConfig config, DiscoveryContext context, string root = LinodeLister.Root) : ITargetLister
{
    public const string Root = "https://api.linode.com/v4";

    private const string Prefix = "__meta_linode_";
    private const int QuietTurns = 10;

    private readonly ApiClient _api = new(config.Http, context.Time);
    private IReadOnlyList<TargetGroup>? _last;
    private DateTimeOffset _askedAt;
    private int _turns;
    private bool _mayReadEvents = true;

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        var now = context.Time.GetUtcNow();
        if (_last is null || await HasChangedAsync(cancellation).ConfigureAwait(false))
        {
            _last = await ListAllAsync(cancellation).ConfigureAwait(false);
            _turns = 0;
        }
        _askedAt = now;
        return _last;
    }

    public void Dispose() => _api.Dispose();

    private async Task<bool> HasChangedAsync(CancellationToken cancellation)
    {
        if (!_mayReadEvents) return true;
        string since = $$$"""{"created": {"+gte": "{{{_askedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)}}}"}}""";
        try
        {
            using var events = await AskAsync("account/events?page=1&page_size=25", since, cancellation).ConfigureAwait(false);
            return ++_turns >= QuietTurns || events.RootElement.Items("data").Any();
        }
        catch (HttpRequestException error) when (error.StatusCode == HttpStatusCode.Unauthorized)
        {
            _mayReadEvents = false;
            return true;
        }
    }

    private async Task<IReadOnlyList<TargetGroup>> ListAllAsync(CancellationToken cancellation)
    {
        var failures = context.Metrics.FailuresOf("linode");
        try
        {
            var instances = await PagesAsync("linode/instances", cancellation).ConfigureAwait(false);
            var addresses = await PagesAsync("networking/ips", cancellation).ConfigureAwait(false);
            var ranges = await PagesAsync("networking/ipv6/ranges", cancellation).ConfigureAwait(false);
            var details = addresses.ToLookup(address => address.Text("address"), StringComparer.Ordinal);
            return [new TargetGroup("Linode", [.. instances.Where(i => i.Items("ipv4").Any()).Select(i => TargetOf(i, details, ranges))], ConfigDefaults.NoStrings)];
        }
        catch when (!cancellation.IsCancellationRequested)
        {
            failures.Add(1);
            throw;
        }
    }

    private async Task<List<JsonElement>> PagesAsync(string what, CancellationToken cancellation)
    {
        string? filter = config.Region.Length == 0 ? null : $$"""{"region": {{JsonSerializer.Serialize(config.Region)}}}""";
        List<JsonElement> items = [];
        for (int page = 1; page <= ApiClient.MaxPages; page++)
        {
            using var answer = await AskAsync(FormattableString.Invariant($"{what}?page={page}&page_size=500"), filter, cancellation).ConfigureAwait(false);
            items.AddRange(answer.RootElement.Items("data").Select(item => item.Clone()));
            if (page >= answer.RootElement.Number("pages")) return items;
        }
        throw ApiClient.TooManyPages(what);
    }

    private async Task<JsonDocument> AskAsync(string what, string? filter, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{root}/{what}");
        if (filter is not null) request.Headers.TryAddWithoutValidation("X-Filter", filter);
        return (await _api.SendAsync(request, config.RefreshInterval, cancellation).ConfigureAwait(false)).Body;
    }

    private Dictionary<string, string> TargetOf(JsonElement instance, ILookup<string, JsonElement> details, List<JsonElement> ranges)
    {
        var target = Facts(instance);
        AddAddresses(target, instance.Texts("ipv4").SelectMany(ip => details[ip]));
        target[TargetGroup.AddressLabel] = LabelText.HostPort(target.GetValueOrDefault(Prefix + "public_ipv4", ""), config.Port);
        AddList(target, "tags", instance.Texts("tags"));
        string own = instance.Text("ipv6").Split('/')[0];
        if (own.Length == 0) return target;
        foreach (var detail in details[own]) AddAddress(target, "public_ipv6", detail);
        AddList(target, "ipv6_ranges", ranges.Where(range => range.Text("route_target") == own).Select(range => $"{range.Text("range")}/{LabelText.Of(range.Number("prefix"))}"));
        return target;
    }

    private static Dictionary<string, string> Facts(JsonElement instance) => new()
    {
        [Prefix + "instance_id"] = LabelText.Of(instance.Number("id")),
        [Prefix + "instance_label"] = instance.Text("label"),
        [Prefix + "image"] = instance.Text("image"),
        [Prefix + "region"] = instance.Text("region"),
        [Prefix + "type"] = instance.Text("type"),
        [Prefix + "status"] = instance.Text("status"),
        [Prefix + "group"] = instance.Text("group"),
        [Prefix + "hypervisor"] = instance.Text("hypervisor"),
        [Prefix + "backups"] = instance.Flag("backups", "enabled") ? "enabled" : "disabled",
        [Prefix + "gpus"] = LabelText.Of(instance.Number("specs", "gpus")),
        [Prefix + "specs_vcpus"] = LabelText.Of(instance.Number("specs", "vcpus")),
        // The API counts in MiB.
        [Prefix + "specs_disk_bytes"] = LabelText.Of(instance.Number("specs", "disk") << 20),
        [Prefix + "specs_memory_bytes"] = LabelText.Of(instance.Number("specs", "memory") << 20),
        [Prefix + "specs_transfer_bytes"] = LabelText.Of(instance.Number("specs", "transfer") << 20),
    };

    // The first public and the first private address have labels of their own.
    private void AddAddresses(Dictionary<string, string> target, IEnumerable<JsonElement> details)
    {
        List<string> extra = [];
        foreach (var detail in details)
        {
            string label = detail.Flag("public") ? "public_ipv4" : "private_ipv4";
            if (target.ContainsKey(Prefix + label)) extra.Add(detail.Text("address"));
            else AddAddress(target, label, detail);
        }
        AddList(target, "extra_ips", extra);
    }

    private static void AddAddress(Dictionary<string, string> target, string label, JsonElement detail)
    {
        target[Prefix + label] = detail.Text("address");
        if (detail.Text("rdns") is { Length: > 0 } name and not "null") target[Prefix + label + "_rdns"] = name;
    }

    private void AddList(Dictionary<string, string> target, string label, IEnumerable<string> members)
    {
        var list = members.ToList();
        if (list.Count > 0) target[Prefix + label] = LabelText.List(list, config.TagSeparator);
    }
}
