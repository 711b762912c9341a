using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Kubernetes;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>What a mechanism is given, with its counters readable.</summary>
internal sealed class TestDiscovery : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, double> _values = new();

    public TestDiscovery()
    {
        _listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == _meter) l.EnableMeasurementEvents(instrument); } };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
        Metrics = new DiscoveryMetrics(_meter);
    }

    public DiscoveryMetrics Metrics { get; }

    /// <summary>What jobs subscribe to.</summary>
    public DiscoveredTargets Targets(TimeProvider time) => new(new KubernetesDiscovery(_meter, time, NullLogger.Instance));

    public DiscoveryContext For(TimeProvider time) => new("scrape", "job", time, NullLogger.Instance, Metrics);

    /// <summary>A counter's sum, a gauge's value, a histogram's number of observations; null when it was never told.</summary>
    public double? ValueOf(string name)
    {
        _listener.RecordObservableInstruments();
        return _values.TryGetValue(name, out double value) ? value : null;
    }

    /// <summary>A target with its group's labels, without empty ones, one <c>name=value</c> a line in order of names.</summary>
    public static string Shown(TargetGroup group, IReadOnlyDictionary<string, string> target)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in group.Labels.Concat(target)) labels[name] = value;
        return string.Join('\n', labels.Where(l => l.Value.Length > 0).Select(l => $"{l.Key}={l.Value}"));
    }

    /// <summary>All targets of groups, shown, an empty line between.</summary>
    public static string Shown(IEnumerable<TargetGroup> groups) => string.Join("\n\n", groups.SelectMany(g => g.Targets.Select(t => Shown(g, t))));

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = instrument.Name;
        foreach (var (name, tag) in tags) key += $" {name}={tag}";
        bool isCounter = instrument is Counter<long>, isHistogram = instrument is Histogram<double>;
        _values.AddOrUpdate(key, isHistogram ? 1 : value, (_, old) => isCounter ? old + value : isHistogram ? old + 1 : value);
    }
}
