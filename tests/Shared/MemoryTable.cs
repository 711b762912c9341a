using System.Text;
using Streamline.Storage;

namespace Streamline.Tests.Shared;

/// <summary>A table in memory behind the reading interface: tests of the query engine need no database.</summary>
public sealed class MemoryTable : ISampleStore
{
    private readonly SortedDictionary<Labels, SortedList<long, double>> _series = [];

    public MemoryTable Add(Labels labels, long timestampMs, double value)
    {
        if (!_series.TryGetValue(labels, out var samples)) _series[labels] = samples = [];
        samples[timestampMs] = value;
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

    private IEnumerable<KeyValuePair<Labels, SortedList<long, double>>> Matching(IReadOnlyList<LabelMatcher> matchers, TimeRange range) =>
        _series.Where(s => matchers.All(m => m.Matches(s.Key.ValueOf(Encoding.UTF8.GetBytes(m.Name))))
            && s.Value.Keys.Any(t => t >= range.MinMs && t <= range.MaxMs));

    private sealed class Set(List<KeyValuePair<Labels, SortedList<long, double>>> series, TimeRange range) : SeriesSet
    {
        public override int Count => series.Count;

        public override Labels LabelsAt(int index) => series[index].Key;

        public override SampleCursor Open(int index, SampleCursor? reuse = null) => new Cursor(series[index].Value, range);

        public override void Dispose() { }
    }

    private sealed class Cursor(SortedList<long, double> samples, TimeRange range) : SampleCursor
    {
        private int _next;

        public override int Next(Span<long> timestamps, Span<double> values)
        {
            int count = 0;
            for (; _next < samples.Count && count < timestamps.Length; _next++)
            {
                long timestamp = samples.Keys[_next];
                if (timestamp < range.MinMs || timestamp > range.MaxMs) continue;
                timestamps[count] = timestamp;
                values[count++] = samples.Values[_next];
            }
            return count;
        }
    }
}
