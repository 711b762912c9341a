namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>One object of the cluster.</summary>
internal readonly record struct ObjectId(ResourceKind Kind, string Key);
