using System.Text;
using Streamline.Storage;

namespace Streamline.Tests.Shared;

/// <summary>A table in memory behind the reading interface: tests of the query engine need no database.</summary>
public sealed class MemoryTable : ISampleStore
{
    private readonly SortedDictionary<Labels, SortedList<long, MemorySample>> _series = [];

    public MemoryTable Add(Labels labels, long timestampMs, double value, long startMs = 0) =>
        Add(labels, timestampMs, new MemorySample(value, null, startMs));

    public MemoryTable Add(Labels labels, long timestampMs, NativeHistogram histogram, long startMs = 0) =>
        Add(labels, timestampMs, new MemorySample(histogram.Sum, histogram, startMs));

    private MemoryTable Add(Labels labels, long timestampMs, MemorySample sample)
    {
        if (!_series.TryGetValue(labels, out var samples)) _series[labels] = samples = [];
        samples[timestampMs] = sample;
        return this;
    }

    public void Clear() => _series.Clear();

    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) =>
        new Set([.. Matching(matchers, range)], range);

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
        Limit(Matching(matchers, range).SelectMany(s => s.Key.ToPairs()).Select(p => p.Key), limit);

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
        Limit(Matching(matchers, range).Select(s => s.Key.Get(name)).Where(v => v.Length > 0), limit);

    private static List<string> Limit(IEnumerable<string> items, int limit)
    {
        var sorted = items.Distinct().Order(StringComparer.Ordinal);
        return [.. limit > 0 ? sorted.Take(limit) : sorted];
    }

    private IEnumerable<KeyValuePair<Labels, SortedList<long, MemorySample>>> Matching(IReadOnlyList<LabelMatcher> matchers, TimeRange range) =>
        _series.Where(s => matchers.All(m => m.Matches(s.Key.ValueOf(Encoding.UTF8.GetBytes(m.Name))))
            && s.Value.Keys.Any(t => t >= range.MinMs && t <= range.MaxMs));

    private sealed class Set(List<KeyValuePair<Labels, SortedList<long, MemorySample>>> series, TimeRange range) : SeriesSet
    {
        public override int Count => series.Count;

        public override Labels LabelsAt(int index) => series[index].Key;

        public override SampleCursor Open(int index, SampleCursor? reuse = null) => new Cursor(series[index].Value, range);

        public override void Dispose() { }
    }

    private readonly record struct MemorySample(double Value, NativeHistogram? Histogram, long StartMs);

    private sealed class Cursor(SortedList<long, MemorySample> samples, TimeRange range) : SampleCursor
    {
        private readonly List<long> _starts = [];
        private int _next;

        public override bool AtHistogram => Skip() && samples.Values[_next].Histogram is not null;

        public override ReadOnlySpan<long> StartTimestamps => _starts.Any(s => s != 0) ? _starts.ToArray() : [];

        public override int Next(Span<long> timestamps, Span<double> values)
        {
            int count = 0;
            for (_starts.Clear(); count < timestamps.Length && Skip() && samples.Values[_next].Histogram is null; _next++)
            {
                timestamps[count] = samples.Keys[_next];
                values[count++] = samples.Values[_next].Value;
                _starts.Add(samples.Values[_next].StartMs);
            }
            return count;
        }

        public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
        {
            int count = 0;
            for (_starts.Clear(); count < timestamps.Length && Skip() && samples.Values[_next].Histogram is { } histogram; _next++)
            {
                timestamps[count] = samples.Keys[_next];
                histograms[count++] = histogram;
                _starts.Add(samples.Values[_next].StartMs);
            }
            return count;
        }

        // Moves to the next sample inside the range; false at the end.
        private bool Skip()
        {
            while (_next < samples.Count && samples.Keys[_next] < range.MinMs) _next++;
            return _next < samples.Count && samples.Keys[_next] <= range.MaxMs;
        }
    }
}
