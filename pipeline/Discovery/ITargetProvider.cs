namespace Streamline.Pipeline.Discovery;

/// <summary>One discovery mechanism of one job. It gives all its groups again with every change; the first time soon after subscription, even when there are none.</summary>
internal interface ITargetProvider
{
    IObservable<IReadOnlyList<TargetGroup>> Groups { get; }

    /// <summary>Why targets are not as they should be now, in one line for the job's page; null while all is well.</summary>
    string? Problem { get; }
}
