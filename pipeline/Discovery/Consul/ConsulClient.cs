using System.Diagnostics;
using System.Globalization;
using System.Text;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Consul;

/// <summary>Consul's HTTP API: blocking queries, which answer when the index has moved or the wait is over.</summary>
internal sealed class ConsulClient : IDisposable
{
    // Consul adds up to a sixteenth of the wait itself.
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = Wait + TimeSpan.FromSeconds(15);

    private readonly ConsulSdConfig _config;
    private readonly DiscoveryContext _context;
    private readonly ApiClient _api;
    private readonly string _root;

    public ConsulClient(ConsulSdConfig config, DiscoveryContext context)
    {
        (_config, _context) = (config, context);
        string server = config.Server.Trim();
        bool isUnix = server.StartsWith("unix://", StringComparison.Ordinal);
        _api = new ApiClient(config.Client(), context.Time, isUnix ? server["unix://".Length..] : null);
        string root = isUnix ? "http://localhost" : server.Contains("://", StringComparison.Ordinal) ? server.TrimEnd('/') : $"{config.Scheme}://{server}";
        string prefix = config.PathPrefix.Trim('/');
        _root = prefix.Length == 0 ? root : $"{root}/{prefix}";
    }

    /// <summary>The name of the agent's own datacenter.</summary>
    public async Task<string> DatacenterAsync(CancellationToken cancellation)
    {
        using var request = Request("/v1/agent/self", []);
        using var answer = (await _api.SendAsync(request, Patience, cancellation).ConfigureAwait(false)).Body;
        string name = answer.RootElement.Text("Config", "Datacenter");
        return name.Length > 0 ? name : throw new FormatException("the agent does not tell its datacenter");
    }

    /// <summary>Service names with their tags.</summary>
    public Task<ConsulAnswer> ServicesAsync(ulong index, CancellationToken cancellation) =>
        AskAsync("/v1/catalog/services", "services", index, _config.Filter, [], cancellation);

    /// <summary>Instances of a service that have all the tags, with node and checks.</summary>
    public Task<ConsulAnswer> InstancesAsync(string service, ulong index, CancellationToken cancellation) =>
        AskAsync($"/v1/health/service/{Uri.EscapeDataString(service)}", "service", index, _config.HealthFilter, _config.Tags, cancellation);

    public void Dispose() => _api.Dispose();

    private async Task<ConsulAnswer> AskAsync(string path, string call, ulong index, string filter, IReadOnlyList<string> tags, CancellationToken cancellation)
    {
        List<(string, string)> query = [("wait", string.Create(CultureInfo.InvariantCulture, $"{(long)Wait.TotalMilliseconds}ms"))];
        if (index > 0) query.Add(("index", index.ToString(CultureInfo.InvariantCulture)));
        if (_config.AllowStale) query.Add(("stale", ""));
        if (filter.Length > 0) query.Add(("filter", filter));
        query.AddRange(_config.NodeMeta.Select(meta => ("node-meta", $"{meta.Key}:{meta.Value}")));
        query.AddRange(tags.Select(tag => ("tag", tag)));
        using var request = Request(path, query);
        long began = _context.Time.GetTimestamp();
        try
        {
            var (body, headers) = await _api.SendAsync(request, Patience, cancellation).ConfigureAwait(false);
            bool hasIndex = headers.TryGetValues("X-Consul-Index", out var values) && ulong.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out index);
            return new ConsulAnswer(body, hasIndex ? index : 0);
        }
        finally
        {
            _context.Metrics.ConsulSeconds.Record(_context.Time.GetElapsedTime(began).TotalSeconds, new TagList { { "endpoint", "catalog" }, { "call", call } });
        }
    }

    private HttpRequestMessage Request(string path, List<(string Key, string Value)> query)
    {
        var url = new StringBuilder(_root).Append(path);
        char separator = '?';
        foreach (var (key, value) in (IEnumerable<(string, string)>)[("dc", _config.Datacenter), ("ns", _config.Namespace), ("partition", _config.Partition), .. query])
        {
            if (value.Length == 0 && key != "stale") continue;
            url.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        var request = new HttpRequestMessage(HttpMethod.Get, url.ToString());
        if (_config.Token is { IsEmpty: false } token) request.Headers.TryAddWithoutValidation("X-Consul-Token", token.Reveal());
        return request;
    }
}
