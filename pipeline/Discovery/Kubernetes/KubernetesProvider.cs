using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Targets of one cluster, by one role (reference D9).</summary>
internal sealed class KubernetesProvider(KubernetesSdConfig config, PodEnvironment pod, TimeProvider time, ILogger logger, KubernetesMetrics metrics) : ITargetProvider
{
    // Events come in bursts: the list of groups is not made anew for each.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly ProviderProblems _problems = new("kubernetes");

    public string? Problem => _problems.Line;

    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var reading = new ClusterReading(config, pod, time, logger, metrics, _problems);
        var groups = reading.Changes.Throttled(Pace, Pace, time).Select(_ => reading.Take()).Where(taken => taken is not null).Subscribe(taken => observer.OnNext(taken!));
        reading.Start();
        return new CompositeDisposable(groups, reading);
    });
}
