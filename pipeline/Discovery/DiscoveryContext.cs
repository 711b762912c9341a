using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Discovery;

/// <summary>Whom targets are found for.</summary>
/// <param name="Set">The consumer: scrape or notify, as Prometheus's label <c>name</c>.</param>
/// <param name="Config">The job, as Prometheus's label <c>config</c>.</param>
/// <param name="Time">Clock of intervals.</param>
/// <param name="Logger">Where failures go.</param>
/// <param name="Metrics">Counters of discovery, shared by all jobs.</param>
internal sealed record DiscoveryContext(string Set, string Config, TimeProvider Time, ILogger Logger, DiscoveryMetrics Metrics);
