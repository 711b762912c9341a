namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Kinds of objects that targets are made of.</summary>
internal enum ResourceKind
{
    Node,
    Namespace,
    Service,
    Pod,
    Endpoints,
    EndpointSlice,
    Ingress,
    ReplicaSet,
    Job,
}
