namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A service.</summary>
internal sealed class Service : KubernetesObject
{
    public ServiceSpec Spec { get; set; } = new();

    internal sealed class ServiceSpec
    {
        public string Type { get; set; } = "";

        public string ClusterIP { get; set; } = "";

        public string ExternalName { get; set; } = "";

        public string LoadBalancerIP { get; set; } = "";

        public string IPFamilyPolicy { get; set; } = "";

        public string[]? IPFamilies { get; set; }

        public ServicePort[]? Ports { get; set; }
    }

    internal sealed class ServicePort
    {
        public string Name { get; set; } = "";

        public string Protocol { get; set; } = "";

        public int Port { get; set; }
    }
}
