using System.Diagnostics.Metrics;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Kubernetes;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;

namespace Streamline.Pipeline.Scrape;

/// <summary>Makes the scrape sources, gives them their one timer, and shows their targets. Lives as long as the process.</summary>
internal sealed class ScrapeManager : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ScrapeSource> _sources = [];

    public ScrapeManager(ScrapeManagerOptions options)
    {
        Options = options;
        FailureLog = new ScrapeFailureLog(options.Time, options.Logger);
        Scheduler = new ScrapeScheduler(options.Time);
        Discovery = new DiscoveredTargets(new KubernetesDiscovery(options.Meter, options.Time, options.Logger));
        Metrics = new ScrapeMetrics(options.Meter, () => Snapshot().Select(s => new Measurement<long>(s.TargetCount, new KeyValuePair<string, object?>("scrape_job", s.Name))));
    }

    public ScrapeManagerOptions Options { get; }

    public ScrapeScheduler Scheduler { get; }

    public ScrapeMetrics Metrics { get; }

    public ScrapeFailureLog FailureLog { get; }

    /// <summary>Where jobs find their targets.</summary>
    public DiscoveredTargets Discovery { get; }

    /// <summary>Type, help and unit of what the targets expose.</summary>
    public MetadataCatalogue Metadata => Options.Metadata;

    /// <summary>A source for a job, stopped. It is shown among the pools from its start to its end.</summary>
    /// <exception cref="FormatException">A regular expression of the job is invalid.</exception>
    public ScrapeSource CreateSource(ScrapeConfig config, SeriesRouter router) => new(this, config, router);

    /// <summary>All targets of all jobs.</summary>
    public IReadOnlyList<TargetStatus> Targets() => [.. Pools().SelectMany(pool => pool.Targets)];

    /// <summary>All jobs, by name.</summary>
    public IReadOnlyList<ScrapePoolStatus> Pools() => [.. Snapshot().Select(source => source.Status()).OrderBy(pool => pool.Name, StringComparer.Ordinal)];

    /// <summary>The job that runs under a name, or null.</summary>
    public ScrapeSource? Find(string name) => Array.Find(Snapshot(), source => source.Name == name);

    public void Dispose() => Scheduler.Dispose();

    internal void Show(ScrapeSource source)
    {
        lock (_lock) _sources.Add(source);
        Metrics.Pools.Add(1);
    }

    internal void Hide(ScrapeSource source)
    {
        bool removed;
        lock (_lock) removed = _sources.Remove(source);
        if (removed) Metrics.Pools.Add(-1);
    }

    private ScrapeSource[] Snapshot()
    {
        lock (_lock) return [.. _sources];
    }
}
