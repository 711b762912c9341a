using System.Buffers;
using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Keeps the values of all instruments of one meter, and of no other, for /metrics and for the self source. Make it before the first
/// measurement: what is counted earlier is not seen. An instrument's name is the full Prometheus name, its tags are labels. Thread safe.
/// </summary>
internal sealed class MeterCollector : IDisposable
{
    // One collection at a time; taken before _lock, which publishing of instruments also takes.
    private readonly Lock _collecting = new();
    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, List<InstrumentState>> _families = new(StringComparer.Ordinal);
    private readonly ProcessMetrics? _process;

    /// <summary><paramref name="process"/> adds the metrics of this process.</summary>
    public MeterCollector(Meter meter, ProcessMetrics? process = null)
    {
        _process = process;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) listener.EnableMeasurementEvents(instrument, Add(instrument));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((InstrumentState)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => ((InstrumentState)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((InstrumentState)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments, then gives all families in order of their names.</summary>
    public void Collect(IMetricSink sink)
    {
        lock (_collecting)
        {
            foreach (var (_, instruments) in Snapshot())
            {
                foreach (var instrument in instruments) instrument.BeginObservation();
            }
            _listener.RecordObservableInstruments();
            foreach (var (name, instruments) in Snapshot())
            {
                sink.Family(name, instruments[0].Type, instruments[0].Help);
                foreach (var instrument in instruments) instrument.WriteTo(sink);
            }
            _process?.Collect(sink);
        }
    }

    /// <summary>Names, types and helps of the families, for the metadata of the API.</summary>
    public IReadOnlyList<(string Name, MetricMetadata Metadata)> Families()
    {
        var sink = new FamilySink();
        Collect(sink);
        return sink.Families;
    }

    /// <summary>Everything as text 0.0.4.</summary>
    public void WriteText(IBufferWriter<byte> target) => Collect(new ExpositionWriter(target));

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private (string Name, InstrumentState[] Instruments)[] Snapshot()
    {
        lock (_lock) return [.. _families.Select(family => (family.Key, family.Value.ToArray()))];
    }

    private InstrumentState Add(Instrument instrument)
    {
        var state = new InstrumentState(instrument);
        lock (_lock)
        {
            if (!_families.TryGetValue(instrument.Name, out var list)) _families[instrument.Name] = list = [];
            list.Add(state);
        }
        return state;
    }

    private sealed class FamilySink : IMetricSink
    {
        public List<(string Name, MetricMetadata Metadata)> Families { get; } = [];

        public void Family(string name, MetricType type, string help) => Families.Add((name, new MetricMetadata(type.Name(), help, "")));

        public void Sample(string suffix, ReadOnlySpan<KeyValuePair<string, object?>> labels, double value, double? le = null)
        {
        }
    }
}
