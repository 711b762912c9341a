using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A target for each path of each host that is let in.</summary>
internal sealed class IngressRole(KubernetesAttachConfig attach) : TargetRole(attach)
{
    private const string Scheme = LabelWriter.Prefix + "ingress_scheme", Host = LabelWriter.Prefix + "ingress_host", Path = LabelWriter.Prefix + "ingress_path", ClassName = LabelWriter.Prefix + "ingress_class_name";

    public override ResourceKind Primary => ResourceKind.Ingress;

    public override IReadOnlyList<ResourceKind> Kinds => With(takesPods: false, ResourceKind.Ingress);

    public override void AddMentions(KubernetesObject primary, List<ObjectId> into) => MentionNamespace(primary, into);

    public override TargetGroup Build(KubernetesObject primary, LabelWriter writer)
    {
        var ingress = (Ingress)primary;
        var encrypted = (ingress.Spec.Tls ?? []).SelectMany(tls => tls.Hosts ?? []).ToList();
        var targets = new List<MetaLabels>();
        foreach (var rule in ingress.Spec.Rules ?? [])
        {
            string scheme = encrypted.Exists(pattern => Matches(pattern, rule.Host)) ? "https" : "http";
            foreach (string path in Paths(rule)) targets.Add(Target(scheme, rule.Host, path, writer));
        }
        writer.Set(LabelWriter.NamespaceLabel, ingress.Metadata.Namespace);
        writer.SetIfAny(ClassName, ingress.Spec.IngressClassName);
        writer.AddMeta(RoleNames.Ingress, ingress.Metadata);
        if (Attach.Namespace) writer.AddNamespace(ingress.Metadata.Namespace);
        return new TargetGroup("ingress/" + ingress.Key, targets, writer.Take());
    }

    private static MetaLabels Target(string scheme, string host, string path, LabelWriter writer)
    {
        writer.Set(TargetGroup.AddressLabel, host);
        writer.Set(Scheme, scheme);
        writer.Set(Host, host);
        writer.Set(Path, path);
        return writer.Take();
    }

    private static IEnumerable<string> Paths(Ingress.Rule rule) =>
        rule.Http is { } http ? (http.Paths ?? []).Select(entry => entry.Path.Length == 0 ? "/" : entry.Path) : ["/"];

    // *.example.org stands for one part before example.org.
    private static bool Matches(string pattern, string host)
    {
        if (pattern == host) return true;
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        return pattern.StartsWith('*') && pattern.AsSpan(1).SequenceEqual(dot < 0 ? "" : host.AsSpan(dot));
    }
}
