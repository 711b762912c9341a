using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A pod.</summary>
internal sealed class Pod : KubernetesObject
{
    public PodSpec Spec { get; set; } = new();

    public PodStatus Status { get; set; } = new();

    /// <summary>The containers, then those that run before them.</summary>
    public IEnumerable<(Container Container, bool IsInit)> Containers =>
        (Spec.Containers ?? []).Select(c => (c, false)).Concat((Spec.InitContainers ?? []).Select(c => (c, true)));

    internal sealed class PodSpec
    {
        public string NodeName { get; set; } = "";

        public Container[]? Containers { get; set; }

        public Container[]? InitContainers { get; set; }
    }

    internal sealed class Container
    {
        public string Name { get; set; } = "";

        public string Image { get; set; } = "";

        public ContainerPort[]? Ports { get; set; }
    }

    internal sealed class ContainerPort
    {
        public string Name { get; set; } = "";

        public string Protocol { get; set; } = "";

        [JsonPropertyName("containerPort")]
        public int Number { get; set; }
    }

    internal sealed class PodStatus
    {
        public string Phase { get; set; } = "";

        public string PodIP { get; set; } = "";

        public string HostIP { get; set; } = "";

        public Condition[]? Conditions { get; set; }

        public ContainerStatus[]? ContainerStatuses { get; set; }

        public ContainerStatus[]? InitContainerStatuses { get; set; }
    }

    internal sealed class ContainerStatus
    {
        public string Name { get; set; } = "";

        public string ContainerID { get; set; } = "";
    }
}
