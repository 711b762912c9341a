using System.Net.Mime;
using System.Text.Json;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the resources that a PuppetDB query finds (reference D32).</summary>
internal sealed class PuppetDbLister(PuppetDbSdConfig config, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_puppetdb_";
    private const string Separator = ",";

    private readonly ApiClient _api = new(config.Http, context.Time);
    private readonly string _url = config.Url.TrimEnd('/') + "/pdb/query/v4";

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["query"] = config.Query })) { Headers = { ContentType = new(MediaTypeNames.Application.Json) } },
        };
        using var answer = (await _api.SendAsync(request, config.RefreshInterval, cancellation).ConfigureAwait(false)).Body;
        return [new TargetGroup($"{_url}?query={config.Query}", [.. answer.RootElement.Items().Select(TargetOf)], ConfigDefaults.NoStrings)];
    }

    public void Dispose() => _api.Dispose();

    private Dictionary<string, string> TargetOf(JsonElement resource)
    {
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(resource.Text("certname"), config.Port),
            [Prefix + "query"] = config.Query,
            [Prefix + "certname"] = resource.Text("certname"),
            [Prefix + "resource"] = resource.Text("resource"),
            [Prefix + "type"] = resource.Text("type"),
            [Prefix + "title"] = resource.Text("title"),
            [Prefix + "exported"] = LabelText.Of(resource.Flag("exported")),
            [Prefix + "file"] = resource.Text("file"),
            [Prefix + "environment"] = resource.Text("environment"),
        };
        var tags = resource.Texts("tags").ToList();
        if (tags.Count > 0) target[Prefix + "tags"] = LabelText.List(tags, Separator);
        if (config.IncludeParameters) AddParameters(target, Prefix + "parameter_", resource.At("parameters"));
        return target;
    }

    private static void AddParameters(Dictionary<string, string> target, string prefix, JsonElement parameters)
    {
        foreach (var parameter in parameters.Members())
        {
            string name = prefix + LabelText.Sanitized(parameter.Name);
            switch (parameter.Value.ValueKind)
            {
                case JsonValueKind.Object: AddParameters(target, name + "_", parameter.Value); break;
                case JsonValueKind.Array: target[name] = string.Join(Separator, parameter.Value.EnumerateArray().Select(ScalarOf)); break;
                default: target[name] = ScalarOf(parameter.Value); break;
            }
        }
    }

    private static string ScalarOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => NumberOf(value.GetDouble()),
        _ => "",
    };

    // Go's decoder makes every number a float.
    private static string NumberOf(double value) => FloatText.FormatGeneral(value);
}
