namespace Streamline.Pipeline.Discovery;

/// <summary>A mechanism that lists all of its targets each time it is asked: one file a mechanism. One question at a time; disposed when nobody asks any more.</summary>
internal interface ITargetLister : IDisposable
{
    /// <summary>All groups of now; whatever it throws means that it could not list them.</summary>
    Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation);
}
