namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>A page of a list is over the bound: smaller pages are asked for.</summary>
internal sealed class PageTooLargeException(string message) : Exception(message);
