using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The addresses behind a service, all in one object (the older form).</summary>
internal sealed class Endpoints : KubernetesObject
{
    public Subset[]? Subsets { get; set; }

    internal sealed class Subset
    {
        public EndpointAddress[]? Addresses { get; set; }

        public EndpointAddress[]? NotReadyAddresses { get; set; }

        public EndpointPort[]? Ports { get; set; }
    }

    internal sealed class EndpointAddress
    {
        public string Ip { get; set; } = "";

        public string Hostname { get; set; } = "";

        public string? NodeName { get; set; }

        public ObjectReference? TargetRef { get; set; }
    }

    internal sealed class EndpointPort
    {
        public string Name { get; set; } = "";

        public string Protocol { get; set; } = "";

        [JsonPropertyName("port")]
        public int Number { get; set; }
    }
}
