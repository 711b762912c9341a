using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Discovery by Kubernetes for all jobs: equal configurations read the cluster once. Its metrics live as long as the process.
/// </summary>
internal sealed class KubernetesDiscovery(Meter meter, TimeProvider time, ILogger logger, PodEnvironment? pod = null)
{
    private readonly KubernetesMetrics _metrics = new(meter);
    private readonly SharedProviders _shared = new();

    public ITargetProvider Open(KubernetesSdConfig config) =>
        _shared.Of(config, () => new KubernetesProvider(config, pod ?? PodEnvironment.Default, time, logger, _metrics));
}
