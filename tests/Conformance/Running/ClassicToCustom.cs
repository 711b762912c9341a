using System.Globalization;
using Streamline.Conformance.Scripting;
using Streamline.Storage;

namespace Streamline.Conformance.Running;

/// <summary><c>load_with_nhcb</c>: native histograms with custom buckets made of the classic ones of one load command.</summary>
internal static class ClassicToCustom
{
    /// <summary>The series to add, with their points by time; stale and odd classic histograms are left out as Prometheus's loader does.</summary>
    public static Dictionary<Labels, SortedList<long, NativeHistogram>> Convert(LoadCommand load)
    {
        Dictionary<Labels, SortedList<long, Classic>> classics = [];
        foreach (SeriesLine line in load.Series)
        {
            string name = line.Labels.Get("__name__");
            string? suffix = Array.Find(["_bucket", "_count", "_sum"], s => name.EndsWith(s, StringComparison.Ordinal));
            if (suffix is null) continue;
            double bound = 0;
            if (suffix == "_bucket" && !TryReadBound(line.Labels.Get("le"), out bound)) continue;
            Labels labels = new LabelsBuilder().Reset(line.Labels).Set("__name__", name[..^suffix.Length]).Remove("le"u8).Build();
            if (!classics.TryGetValue(labels, out SortedList<long, Classic>? points)) classics[labels] = points = [];
            for (int i = 0; i < line.Points.Count; i++)
            {
                ScriptPoint point = line.Points[i];
                if (point.IsAbsent || point.Histogram is not null) continue;
                if (!points.TryGetValue(i * load.StepMs, out Classic? classic)) points[i * load.StepMs] = classic = new Classic();
                classic.Take(suffix, bound, point.Value);
            }
        }
        return classics.ToDictionary(s => s.Key, s => new SortedList<long, NativeHistogram>(s.Value.ToDictionary(p => p.Key, p => p.Value.ToHistogram())));
    }

    private static bool TryReadBound(string text, out double bound)
    {
        bound = text switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => 0 };
        return bound != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out bound);
    }

    private sealed class Classic
    {
        private readonly SortedList<double, double> _buckets = [];
        private double? _count;
        private double _sum;

        public void Take(string suffix, double bound, double value)
        {
            if (suffix == "_bucket") _buckets.TryAdd(bound, value);
            else if (suffix == "_count") _count = value;
            else _sum = value;
        }

        public NativeHistogram ToHistogram()
        {
            double count = _count ?? (_buckets.Count > 0 ? _buckets.Values[^1] : 0);
            _buckets.TryAdd(double.PositiveInfinity, count);
            double[] counts = new double[_buckets.Count];
            for (int i = 0; i < counts.Length; i++) counts[i] = _buckets.Values[i] - (i > 0 ? _buckets.Values[i - 1] : 0);
            return new NativeHistogram
            {
                Schema = NativeHistogram.CustomBucketsSchema,
                Count = count,
                Sum = _sum,
                PositiveSpanArray = [new HistogramSpan(0, (uint)counts.Length)],
                PositiveBucketArray = counts,
                CustomBoundArray = [.. _buckets.Keys.Where(b => !double.IsPositiveInfinity(b))],
            };
        }
    }
}
