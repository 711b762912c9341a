using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Some of the addresses behind a service.</summary>
internal sealed class EndpointSlice : KubernetesObject
{
    /// <summary>The label that names the service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    public string AddressType { get; set; } = "";

    public Endpoint[]? Endpoints { get; set; }

    public SlicePort[]? Ports { get; set; }

    internal sealed class Endpoint
    {
        public string[]? Addresses { get; set; }

        public EndpointConditions Conditions { get; set; } = new();

        public string? Hostname { get; set; }

        public string? NodeName { get; set; }

        public string? Zone { get; set; }

        public ObjectReference? TargetRef { get; set; }

        public NamedText[]? DeprecatedTopology { get; set; }
    }

    internal sealed class EndpointConditions
    {
        public bool? Ready { get; set; }

        public bool? Serving { get; set; }

        public bool? Terminating { get; set; }
    }

    internal sealed class SlicePort
    {
        public string? Name { get; set; }

        public string? Protocol { get; set; }

        public string? AppProtocol { get; set; }

        [JsonPropertyName("port")]
        public int? Number { get; set; }
    }
}
