namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>What the API server says instead of an answer.</summary>
internal sealed class ApiStatus
{
    public int Code { get; set; }

    public string Reason { get; set; } = "";

    public string Message { get; set; } = "";
}
