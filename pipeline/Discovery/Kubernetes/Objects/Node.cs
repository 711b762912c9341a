using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A machine of the cluster.</summary>
internal sealed class Node : KubernetesObject
{
    public NodeSpec Spec { get; set; } = new();

    public NodeStatus Status { get; set; } = new();

    internal sealed class NodeSpec
    {
        public string ProviderID { get; set; } = "";
    }

    internal sealed class NodeStatus
    {
        public Condition[]? Conditions { get; set; }

        public NodeAddress[]? Addresses { get; set; }

        public Daemons DaemonEndpoints { get; set; } = new();
    }

    internal sealed class NodeAddress
    {
        public string Type { get; set; } = "";

        [JsonPropertyName("address")]
        public string Text { get; set; } = "";
    }

    internal sealed class Daemons
    {
        public Daemon KubeletEndpoint { get; set; } = new();
    }

    internal sealed class Daemon
    {
        // The one field of the API with a capital.
        [JsonPropertyName("Port")]
        public int Port { get; set; }
    }
}
