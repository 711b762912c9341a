namespace Streamline.Pipeline.Discovery;

/// <summary>One discovery mechanism of one job. It gives all its groups again with every change; the first time soon after subscription, even when there are none.</summary>
internal interface ITargetProvider
{
    IObservable<IReadOnlyList<TargetGroup>> Groups { get; }
}
