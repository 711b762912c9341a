using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Docker;

/// <summary>Asks a Docker engine. The HTTP block holds for http and https; sockets and tcp are spoken to plainly, as Docker's own client does.</summary>
internal sealed class DockerClient : IDisposable
{
    private readonly ApiClient _api;
    private readonly string _root;
    private readonly TimeSpan _patience;

    /// <exception cref="FormatException">The host is of no kind that can be reached.</exception>
    public DockerClient(string host, HttpClientConfig http, TimeSpan patience, TimeProvider time)
    {
        _patience = patience;
        string scheme = host.Split("://")[0];
        string rest = host.Length > scheme.Length + 3 ? host[(scheme.Length + 3)..] : "";
        (_root, string? socket) = scheme switch
        {
            "unix" => ("http://localhost", rest),
            "tcp" => ("http://" + rest.TrimEnd('/'), null),
            "http" or "https" => (host.TrimEnd('/'), null),
            _ => throw new FormatException($"host \"{host}\": expected unix://, tcp://, http:// or https://"),
        };
        _api = new ApiClient(scheme is "http" or "https" ? http : new HttpClientConfig(), time, socket);
    }

    public Task<JsonDocument> ListAsync(string what, IReadOnlyList<DiscoveryFilter> filters, CancellationToken cancellation) =>
        _api.GetAsync($"{_root}/{what}{QueryOf(filters)}", _patience, cancellation);

    /// <summary>Labels of each network, by its id.</summary>
    public async Task<IReadOnlyDictionary<string, Dictionary<string, string>>> NetworkLabelsAsync(string prefix, CancellationToken cancellation)
    {
        using var networks = await ListAsync("networks", [], cancellation).ConfigureAwait(false);
        var labels = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (var network in networks.RootElement.Items())
        {
            string id = network.Text("Id");
            var own = labels[id] = new Dictionary<string, string>
            {
                [prefix + "network_id"] = id,
                [prefix + "network_name"] = network.Text("Name"),
                [prefix + "network_scope"] = network.Text("Scope"),
                [prefix + "network_internal"] = LabelText.Of(network.Flag("Internal")),
                [prefix + "network_ingress"] = LabelText.Of(network.Flag("Ingress")),
            };
            AddLabels(own, prefix + "network_label_", network.At("Labels"));
        }
        return labels;
    }

    public void Dispose() => _api.Dispose();

    /// <summary>Adds what users wrote on a thing of Docker's.</summary>
    public static void AddLabels(Dictionary<string, string> target, string prefix, JsonElement pairs)
    {
        foreach (var pair in pairs.Members()) target[prefix + LabelText.Sanitized(pair.Name)] = pair.Value.Text();
    }

    // {"name": {"value": true}}, the form that all versions of the API read.
    private static string QueryOf(IReadOnlyList<DiscoveryFilter> filters)
    {
        var sets = filters.Where(f => f.Values.Count > 0).GroupBy(f => f.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.SelectMany(f => f.Values).Distinct().ToDictionary(value => value, _ => true));
        return sets.Count == 0 ? "" : "?filters=" + Uri.EscapeDataString(JsonSerializer.Serialize(sets));
    }
}
