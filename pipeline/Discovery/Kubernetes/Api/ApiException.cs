namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The API server refused a request or ended a watch with an error.</summary>
internal sealed class ApiException(int code, string message) : Exception(message)
{
    private const int GoneCode = 410;

    /// <summary>The version that was asked for is too old: everything has to be listed again.</summary>
    public bool IsExpired => code == GoneCode;
}
