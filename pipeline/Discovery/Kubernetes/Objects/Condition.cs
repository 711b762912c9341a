namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A condition of a node or a pod: whether something is so.</summary>
internal sealed class Condition
{
    public string Type { get; set; } = "";

    /// <summary>True, False or Unknown.</summary>
    public string Status { get; set; } = "";
}
