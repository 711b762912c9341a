using System.Net.Http.Headers;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the instances of one zone of Google Compute Engine (reference D19).</summary>
internal sealed class GceLister(GceSdConfig config, DiscoveryContext context, string root = GceLister.Root, GoogleCredential? credential = null) : ITargetLister
{
    public const string Root = "https://compute.googleapis.com";

    private const string Prefix = "__meta_gce_";
    private const string Scope = "https://www.googleapis.com/auth/compute.readonly";

    private readonly ApiClient _api = new(new HttpClientConfig(), context.Time);
    private GoogleCredential? _credential = credential;

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        string list = $"{root}/compute/v1/projects/{Uri.EscapeDataString(config.Project)}/zones/{Uri.EscapeDataString(config.Zone)}/instances";
        string filter = config.Filter.Length == 0 ? "" : $"&filter={Uri.EscapeDataString(config.Filter)}";
        List<IReadOnlyDictionary<string, string>> targets = [];
        string token = "";
        for (int pages = 0; pages < ApiClient.MaxPages; pages++)
        {
            string from = token.Length == 0 ? "" : $"&pageToken={Uri.EscapeDataString(token)}";
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{list}?maxResults=500{filter}{from}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cancellation).ConfigureAwait(false));
            using var answer = (await _api.SendAsync(request, config.RefreshInterval, cancellation).ConfigureAwait(false)).Body;
            targets.AddRange(answer.RootElement.Items("items").Where(instance => instance.Items("networkInterfaces").Any()).Select(TargetOf));
            token = answer.RootElement.Text("nextPageToken");
            if (token.Length == 0) return [new TargetGroup($"GCE_{config.Project}_{config.Zone}", targets, ConfigDefaults.NoStrings)];
        }
        throw ApiClient.TooManyPages("instances");
    }

    public void Dispose() => _api.Dispose();

    // Google's library keeps the token and renews it in time.
    private async Task<string> TokenAsync(CancellationToken cancellation)
    {
        _credential ??= await GoogleCredential.GetApplicationDefaultAsync(cancellation).ConfigureAwait(false);
        return await ((ITokenAccess)_credential.CreateScoped(Scope)).GetAccessTokenForRequestAsync(null, cancellation).ConfigureAwait(false);
    }

    private Dictionary<string, string> TargetOf(JsonElement instance)
    {
        var first = instance.Items("networkInterfaces").First();
        var target = new Dictionary<string, string>
        {
            // The API gives IPv4 addresses here, so Prometheus writes no brackets.
            [TargetGroup.AddressLabel] = FormattableString.Invariant($"{first.Text("networkIP")}:{config.Port}"),
            [Prefix + "project"] = config.Project,
            [Prefix + "zone"] = instance.Text("zone"),
            // A number of 64 bits, which the API writes as text.
            [Prefix + "instance_id"] = instance.Text("id"),
            [Prefix + "instance_name"] = instance.Text("name"),
            [Prefix + "instance_status"] = instance.Text("status"),
            [Prefix + "machine_type"] = instance.Text("machineType"),
            [Prefix + "network"] = first.Text("network"),
            [Prefix + "subnetwork"] = first.Text("subnetwork"),
            [Prefix + "private_ip"] = first.Text("networkIP"),
        };
        foreach (var card in instance.Items("networkInterfaces")) target[Prefix + "interface_ipv4_" + LabelText.Sanitized(card.Text("name"))] = card.Text("networkIP");
        var tags = instance.Texts("tags", "items").ToList();
        if (tags.Count > 0) target[Prefix + "tags"] = LabelText.List(tags, config.TagSeparator);
        foreach (var item in instance.Items("metadata", "items")) target[Prefix + "metadata_" + LabelText.Sanitized(item.Text("key"))] = item.Text("value");
        foreach (var label in instance.Members("labels")) target[Prefix + "label_" + LabelText.Sanitized(label.Name)] = label.Value.Text();
        var access = first.Items("accessConfigs").FirstOrDefault();
        if (access.Text("type") == "ONE_TO_ONE_NAT") target[Prefix + "public_ip"] = access.Text("natIP");
        return target;
    }
}
