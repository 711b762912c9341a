namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Hosts and paths that are let in from outside.</summary>
internal sealed class Ingress : KubernetesObject
{
    public IngressSpec Spec { get; set; } = new();

    internal sealed class IngressSpec
    {
        public string? IngressClassName { get; set; }

        public Encryption[]? Tls { get; set; }

        public Rule[]? Rules { get; set; }
    }

    internal sealed class Encryption
    {
        public string[]? Hosts { get; set; }
    }

    internal sealed class Rule
    {
        public string Host { get; set; } = "";

        public PathList? Http { get; set; }
    }

    internal sealed class PathList
    {
        public PathEntry[]? Paths { get; set; }
    }

    internal sealed class PathEntry
    {
        public string Path { get; set; } = "";
    }
}
