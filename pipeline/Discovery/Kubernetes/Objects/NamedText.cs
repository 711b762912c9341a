namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>An entry of a map of texts: a label, an annotation.</summary>
internal readonly record struct NamedText(string Name, string Value);
