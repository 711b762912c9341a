namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>One line of a watch.</summary>
internal readonly record struct WatchEvent(WatchEventType Type, KubernetesObject Object);

/// <summary>What happened to the object.</summary>
internal enum WatchEventType
{
    /// <summary>It is new, or has changed.</summary>
    Put,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>Nothing: the version alone went on.</summary>
    Bookmark,
}
