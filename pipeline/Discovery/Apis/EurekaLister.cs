using System.Globalization;
using System.Xml.Linq;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Apis;

/// <summary>Targets from the instances of a Eureka registry's applications (reference D21), which answers in XML.</summary>
internal sealed class EurekaLister(EurekaSdConfig config, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_eureka_app_instance_";
    private const int DefaultPort = 80;

    private static readonly (string Label, string Element)[] Texts =
    [
        ("hostname", "hostName"), ("homepage_url", "homePageUrl"), ("statuspage_url", "statusPageUrl"), ("healthcheck_url", "healthCheckUrl"), ("ip_addr", "ipAddr"),
        ("vip_address", "vipAddress"), ("secure_vip_address", "secureVipAddress"), ("status", "status"), ("id", "instanceId"),
    ];

    private readonly ApiClient _api = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        var answer = await _api.GetXmlAsync(config.Server + "/apps", config.RefreshInterval, cancellation).ConfigureAwait(false);
        return [new TargetGroup("eureka", [.. answer.Elements("application").SelectMany(app => app.Elements("instance").Select(instance => TargetOf(app, instance)))], ConfigDefaults.NoStrings)];
    }

    public void Dispose() => _api.Dispose();

    private static Dictionary<string, string> TargetOf(XElement app, XElement instance)
    {
        var port = instance.Element("port");
        var target = new Dictionary<string, string>
        {
            [TargetGroup.AddressLabel] = LabelText.HostPort(Text(instance, "hostName"), port is null ? DefaultPort : NumberOf(port)),
            ["instance"] = Text(instance, "instanceId"),
            ["__meta_eureka_app_name"] = Text(app, "name"),
            [Prefix + "country_id"] = LabelText.Of(NumberOf(instance.Element("countryId"))),
        };
        foreach (var (label, element) in Texts) target[Prefix + label] = Text(instance, element);
        AddPort(target, "port", port);
        AddPort(target, "secure_port", instance.Element("securePort"));
        var center = instance.Element("dataCenterInfo");
        if (center is not null) target[Prefix + "datacenterinfo_name"] = Text(center, "name");
        AddMetadata(target, "datacenterinfo_metadata_", center?.Element("metadata"));
        AddMetadata(target, "metadata_", instance.Element("metadata"));
        return target;
    }

    private static void AddPort(Dictionary<string, string> target, string label, XElement? port)
    {
        if (port is null) return;
        target[Prefix + label] = LabelText.Of(NumberOf(port));
        target[Prefix + label + "_enabled"] = LabelText.Of(port.Attribute("enabled")?.Value is "true" or "1");
    }

    // As written: entities stay.
    private static void AddMetadata(Dictionary<string, string> target, string prefix, XElement? metadata)
    {
        foreach (var item in metadata?.Elements() ?? []) target[Prefix + prefix + LabelText.Sanitized(item.Name.LocalName)] = string.Concat(item.Nodes());
    }

    private static string Text(XElement parent, string name) => parent.Element(name)?.Value ?? "";

    private static int NumberOf(XElement? element)
    {
        string text = element?.Value.Trim() ?? "";
        if (text.Length == 0) return 0;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : throw new FormatException($"{element!.Name}: \"{text}\" is not a number");
    }
}
