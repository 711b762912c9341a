using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>The samples of one batch behind the reading interface. Filled, read, cleared, by one thread at a time; sets read must not outlive a clear.</summary>
internal sealed class BatchTable : ISampleStore
{
    private readonly List<Sample> _samples = [];
    private bool _isSorted = true;

    private readonly record struct Sample(Labels Labels, long TimestampMs, int Order, double Value, NativeHistogram? Histogram);

    public void Add(Labels labels, long timestampMs, double value, NativeHistogram? histogram = null)
    {
        _samples.Add(new Sample(labels, timestampMs, _samples.Count, value, histogram));
        _isSorted = false;
    }

    public void Clear() => _samples.Clear();

    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
    {
        var series = new List<(int Start, int End)>();
        foreach (var (start, end) in Runs())
        {
            var labels = _samples[start].Labels;
            if (!matchers.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span)))) continue;
            int first = start, last = end;
            while (first < last && _samples[first].TimestampMs < range.MinMs) first++;
            while (last > first && _samples[last - 1].TimestampMs > range.MaxMs) last--;
            if (first < last) series.Add((first, last));
        }
        return new Set(_samples, series);
    }

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0) =>
        Sorted(Labels(matchers, range).SelectMany(l => l.ToPairs()).Select(p => p.Key), limit);

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        return Sorted(Labels(matchers, range).Where(l => l.Has(utf8)).Select(l => l.Get(name)), limit);
    }

    private static List<string> Sorted(IEnumerable<string> texts, int limit)
    {
        var sorted = texts.Distinct().Order(StringComparer.Ordinal);
        return [.. limit > 0 ? sorted.Take(limit) : sorted];
    }

    private List<Labels> Labels(IReadOnlyList<LabelMatcher> matchers, TimeRange range)
    {
        using var set = Select(matchers, range, SelectHints.None);
        return [.. Enumerable.Range(0, set.Count).Select(set.LabelsAt)];
    }

    private IEnumerable<(int Start, int End)> Runs()
    {
        if (!_isSorted) _samples.Sort(Compare);
        _isSorted = true;
        for (int start = 0, end; start < _samples.Count; start = end)
        {
            end = start + 1;
            while (end < _samples.Count && _samples[end].Labels.Equals(_samples[start].Labels)) end++;
            yield return (start, end);
        }
    }

    private static int Compare(Sample left, Sample right)
    {
        int order = ReferenceEquals(left.Labels, right.Labels) ? 0 : left.Labels.CompareTo(right.Labels);
        if (order == 0) order = left.TimestampMs.CompareTo(right.TimestampMs);
        return order != 0 ? order : left.Order.CompareTo(right.Order);
    }

    private sealed class Set(List<Sample> samples, List<(int Start, int End)> series) : SeriesSet
    {
        public override int Count => series.Count;

        public override Labels LabelsAt(int index) => samples[series[index].Start].Labels;

        public override SampleCursor Open(int index, SampleCursor? reuse = null) => new Cursor(samples, series[index].Start, series[index].End);

        public override void Dispose() { }
    }

    private sealed class Cursor(List<Sample> samples, int start, int end) : SampleCursor
    {
        private int _at;

        public override bool AtHistogram => HasNext() && samples[start + _at].Histogram is not null;

        public override int Next(Span<long> timestamps, Span<double> values)
        {
            int count = 0;
            for (; count < timestamps.Length && HasNext() && samples[start + _at].Histogram is null; _at++)
            {
                timestamps[count] = samples[start + _at].TimestampMs;
                values[count++] = samples[start + _at].Value;
            }
            return count;
        }

        public override int NextHistograms(Span<long> timestamps, Span<NativeHistogram> histograms)
        {
            int count = 0;
            for (; count < timestamps.Length && HasNext() && samples[start + _at].Histogram is { } histogram; _at++)
            {
                timestamps[count] = samples[start + _at].TimestampMs;
                histograms[count++] = histogram;
            }
            return count;
        }

        // Of equal times the first counts, as with the appender.
        private bool HasNext()
        {
            while (_at > 0 && start + _at < end && samples[start + _at].TimestampMs == samples[start + _at - 1].TimestampMs) _at++;
            return start + _at < end;
        }
    }
}
