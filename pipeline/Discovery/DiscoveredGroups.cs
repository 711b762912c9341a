namespace Streamline.Pipeline.Discovery;

/// <summary>The groups of a job over time, and what keeps it from some of them.</summary>
internal sealed class DiscoveredGroups(IReadOnlyList<ITargetProvider> providers, IObservable<IReadOnlyList<TargetGroup>> groups) : IObservable<IReadOnlyList<TargetGroup>>
{
    /// <summary>A line for each provider that fails now; its targets are those of before.</summary>
    public IEnumerable<string> Problems => providers.Select(provider => provider.Problem).OfType<string>();

    public IDisposable Subscribe(IObserver<IReadOnlyList<TargetGroup>> observer) => groups.Subscribe(observer);
}
