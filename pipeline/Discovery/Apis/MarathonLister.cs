using System.Security.Cryptography;
using System.Text.Json;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the tasks of Marathon's apps (reference D26): one for each port of each task, one group an app.</summary>
internal sealed class MarathonLister(MarathonSdConfig config, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_marathon_";

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        string server = config.Servers[RandomNumberGenerator.GetInt32(config.Servers.Count)];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server}/v2/apps/?embed=apps.tasks");
        if (Token() is { Length: > 0 } token) request.Headers.TryAddWithoutValidation("Authorization", "token=" + token);
        using var answer = (await _api.SendAsync(request, config.RefreshInterval, cancellation).ConfigureAwait(false)).Body;
        return [.. answer.RootElement.Items("apps").Select(GroupOf)];
    }

    public void Dispose() => _api.Dispose();

    // Read at each request, so that a rotated token needs no reload.
    private string Token() => config.AuthTokenFile.Length > 0 ? File.ReadAllText(config.AuthTokenFile).Trim() : config.AuthToken?.Reveal() ?? "";

    private static TargetGroup GroupOf(JsonElement app)
    {
        var labels = new Dictionary<string, string> { [Prefix + "app"] = app.Text("id"), [Prefix + "image"] = app.Text("container", "docker", "image") };
        AddLabels(labels, "app_label_", app.At("labels"));
        return new TargetGroup(app.Text("id"), TargetsOf(app), labels);
    }

    private static List<Dictionary<string, string>> TargetsOf(JsonElement app)
    {
        bool isContainerNet = app.Items("networks").FirstOrDefault().Text("mode") == "container";
        var (ports, prefix) = PortsOf(app, isContainerNet);
        List<Dictionary<string, string>> targets = [];
        foreach (var task in app.Items("tasks"))
        {
            var taskPorts = task.Items("ports").Select(port => port.Number()).ToList();
            // With nothing said in the app, the ports of its first task that has some hold for all.
            if (ports.Count == 0) ports = [.. taskPorts.Select(port => (port, default(JsonElement)))];
            var inNetwork = isContainerNet ? task.Items("ipAddresses").FirstOrDefault() : default;
            string host = inNetwork.IsPresent() ? inNetwork.Text("ipAddress") : task.Text("host");
            for (int i = 0; i < ports.Count; i++)
            {
                var (port, labels) = ports[i];
                // A port of 0 is chosen by Mesos: the task knows it.
                if (port == 0 && taskPorts.Count == ports.Count) port = taskPorts[i];
                var target = new Dictionary<string, string>
                {
                    [TargetGroup.AddressLabel] = LabelText.HostPort(host, port),
                    [Prefix + "task"] = task.Text("id"),
                    [Prefix + "port_index"] = LabelText.Of(i),
                };
                AddLabels(target, prefix, labels);
                targets.Add(target);
            }
        }
        return targets;
    }

    // Where ports are written has moved over Marathon's versions.
    private static (List<(long Port, JsonElement Labels)> Ports, string Prefix) PortsOf(JsonElement app, bool isContainerNet)
    {
        var mappings = app.Items("container", "portMappings").ToList();
        if (mappings.Count == 0) mappings = [.. app.Items("container", "docker", "portMappings")];
        if (mappings.Count > 0) return ([.. mappings.Select(m => (m.Number(isContainerNet ? "containerPort" : "hostPort"), m.At("labels")))], "port_mapping_label_");
        // Without requirePorts the port of a definition is that of a load balancer.
        bool isListened = app.Flag("requirePorts");
        return ([.. app.Items("portDefinitions").Select(d => (isListened ? d.Number("port") : 0, d.At("labels")))], "port_definition_label_");
    }

    private static void AddLabels(Dictionary<string, string> target, string prefix, JsonElement labels)
    {
        foreach (var label in labels.Members()) target[Prefix + prefix + LabelText.Sanitized(label.Name)] = label.Value.Text();
    }
}
