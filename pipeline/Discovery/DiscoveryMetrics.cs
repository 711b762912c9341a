using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Discovery;

/// <summary>What mechanisms that ask again and again say about it, under Prometheus's names.</summary>
internal sealed class DiscoveryMetrics(Meter meter)
{
    private readonly Counter<long> _failures = meter.CreateCounter<long>("prometheus_sd_refresh_failures_total", null, "Times that a discovery mechanism could not list its targets.");
    private readonly Histogram<double> _seconds = meter.CreateHistogram<double>("prometheus_sd_refresh_duration_seconds", null, "Time that listing the targets took, seconds.");

    public void Refreshed(string mechanism, TimeSpan elapsed, bool failed)
    {
        var tag = new KeyValuePair<string, object?>("mechanism", mechanism);
        _failures.Add(failed ? 1 : 0, tag);
        _seconds.Record(elapsed.TotalSeconds, tag);
    }
}
