using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Checks of a scrape job that need the job alone.</summary>
internal static class ScrapeChecks
{
    public static void Check(ScrapeConfig job, ConfigErrors errors)
    {
        CheckProtocols(job, job.ScrapeProtocols, errors);
        CheckScheme(job, job.Scheme, errors);
        CheckTargets(job, job.Discovery, job.RelabelConfigs, errors);
        foreach (string name in job.Parameters.Keys)
        {
            if (name.Length == 0) errors.Add(job, "params", "a parameter needs a name");
        }
    }

    /// <summary>Relabelling may still set another, so it is no error.</summary>
    public static void CheckScheme(ConfigNode node, string scheme, ConfigErrors errors)
    {
        bool isHttp = scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        if (!isHttp && !node.Origin.Failed.Contains("scheme")) errors.Warn(node.Origin.At("scheme"), node.Origin.PathOf("scheme"), $"expected http or https, found \"{scheme}\": nothing can be asked by it");
    }

    public static void CheckProtocols(ConfigNode node, IReadOnlyList<ScrapeProtocol>? protocols, ConfigErrors errors)
    {
        if (protocols is null || !node.Origin.Has("scrape_protocols")) return;
        if (protocols.Count == 0) errors.Add(node, "scrape_protocols", "must not be empty");
        var names = EnumNames.Of(typeof(ScrapeProtocol)).Scalar;
        foreach (var twice in protocols.GroupBy(p => p).Where(g => g.Count() > 1))
            errors.Add(node, "scrape_protocols", $"\"{names.Format(twice.Key)}\" stands here twice");
    }

    /// <summary>Relabelling may still make an address of anything, so targets are judged only without it.</summary>
    public static void CheckTargets(ConfigNode node, DiscoveryConfig discovery, IReadOnlyList<RelabelConfig> relabelling, ConfigErrors errors)
    {
        if (relabelling.Count > 0 || node.Origin.Failed.Contains("relabel_configs")) return;
        foreach (var group in discovery.StaticConfigs)
        {
            foreach (string target in group.Targets)
            {
                if (target.Contains('/')) errors.Add(group, "targets", $"\"{target}\" is not a host:port: scheme and path have keys of their own");
            }
        }
    }

    public static bool IsLabelName(string name, NameValidationScheme scheme)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return scheme switch
        {
            NameValidationScheme.Utf8 => LabelNames.IsUtf8(utf8),
            NameValidationScheme.Legacy => LabelNames.IsLegacy(utf8),
        };
    }
}
