using System.Diagnostics.Metrics;

namespace Streamline.Query.Engine;

/// <summary>The engine's own metrics, under Prometheus's names.</summary>
internal sealed class EngineMetrics
{
    private readonly Counter<long>? _samples;
    private readonly Counter<long>? _read;
    private readonly Histogram<double>? _durations;
    private int _running;

    public EngineMetrics(Meter? meter, QueryEngineOptions options, QueryMemory memory)
    {
        if (meter is null) return;
        _samples = meter.CreateCounter<long>("prometheus_engine_query_samples_total", description: "Samples that queries looked at; each window counts whole.");
        _read = meter.CreateCounter<long>("prometheus_engine_query_samples_read_total", description: "Samples that queries read; of overlapping windows what is new.");
        _durations = meter.CreateHistogram<double>("prometheus_engine_query_duration_seconds", "s", "Time that queries took, by phase.");
        meter.CreateObservableGauge("prometheus_engine_queries", () => _running, description: "Queries that run or wait.");
        meter.CreateObservableGauge("streamline_query_memory_bytes", () => memory.HeldBytes, "By", "Memory reserved by queries that run and by results being sent.");
        meter.CreateObservableGauge(
            "prometheus_engine_queries_concurrent_max", () => options.MaxConcurrency, description: "Queries that may run at a time.");
    }

    public void Started() => Interlocked.Increment(ref _running);

    public void Ended() => Interlocked.Decrement(ref _running);

    public void Queued(TimeSpan waited) => _durations?.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("slice", "queue_time"));

    public void Evaluated(QueryStats stats)
    {
        _samples?.Add(stats.TotalQueryableSamples);
        _read?.Add(stats.SamplesRead);
        if (_durations is null) return;
        _durations.Record(stats.Timings.Preparation.TotalSeconds, new KeyValuePair<string, object?>("slice", "prepare_time"));
        _durations.Record(stats.Timings.Inner.TotalSeconds, new KeyValuePair<string, object?>("slice", "inner_eval"));
        _durations.Record(stats.Timings.Sorting.TotalSeconds, new KeyValuePair<string, object?>("slice", "result_sort"));
    }
}
