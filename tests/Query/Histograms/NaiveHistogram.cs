using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Query.Tests.Histograms;

/// <summary>
/// The algebra of native histograms straight from its definitions, over maps from bucket to count: the judge of the engine's. It shares nothing with it but the bounds.
/// </summary>
internal sealed class NaiveHistogram
{
    public int Schema { get; set; }

    public double ZeroThreshold { get; set; }

    public double ZeroCount { get; set; }

    public double Count { get; set; }

    public double Sum { get; set; }

    public double[]? Bounds { get; set; }

    public SortedDictionary<int, double> Positive { get; private set; } = [];

    public SortedDictionary<int, double> Negative { get; private set; } = [];

    public static NaiveHistogram Of(NativeHistogram h)
    {
        var naive = new NaiveHistogram
        {
            Schema = h.Schema,
            ZeroThreshold = h.ZeroThreshold,
            ZeroCount = h.ZeroCount,
            Count = h.Count,
            Sum = h.Sum,
            Bounds = h.HasCustomBuckets ? h.CustomBounds.ToArray() : null,
        };
        Fill(naive.Positive, h.PositiveSpans, h.PositiveBuckets);
        Fill(naive.Negative, h.NegativeSpans, h.NegativeBuckets);
        return naive;
    }

    public NativeHistogram ToNative()
    {
        var (positiveSpans, positive) = Spans(Positive);
        var (negativeSpans, negative) = Spans(Negative);
        return new NativeHistogram
        {
            Schema = Schema,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = ZeroCount,
            Count = Count,
            Sum = Sum,
            CustomBoundArray = Bounds ?? [],
            PositiveSpanArray = positiveSpans,
            PositiveBucketArray = positive,
            NegativeSpanArray = negativeSpans,
            NegativeBucketArray = negative,
        };
    }

    public NaiveHistogram Copy() => Of(ToNative());

    public NaiveHistogram Scale(double factor) => Map(v => v * factor);

    /// <summary>The sum of this and another one times a factor, in the finest layout that both can be brought to.</summary>
    public NaiveHistogram Plus(NaiveHistogram other, double factor = 1)
    {
        NaiveHistogram a = Copy(), b = other.Scale(factor);
        Align(a, b);
        foreach (var (index, count) in b.Positive) a.Positive[index] = a.Positive.GetValueOrDefault(index) + count;
        foreach (var (index, count) in b.Negative) a.Negative[index] = a.Negative.GetValueOrDefault(index) + count;
        a.ZeroCount += b.ZeroCount;
        a.Count += b.Count;
        a.Sum += b.Sum;
        return a;
    }

    /// <summary>The same in a schema that is not finer.</summary>
    public NaiveHistogram In(int schema)
    {
        NaiveHistogram result = Copy();
        if (Bounds is null && schema < Schema) result.Reduce(schema);
        return result;
    }

    /// <summary>Whether a counter that stood at <paramref name="before"/> must have begun anew to stand here.</summary>
    public bool IsResetAfter(NaiveHistogram before)
    {
        if (Count < before.Count) return true;
        if (Bounds is null != before.Bounds is null) return true;
        NaiveHistogram here = Copy(), there = before.Copy();
        if (Bounds is null)
        {
            if (Schema > there.Schema || ZeroThreshold < there.ZeroThreshold) return true;
            there.Widen(ZeroThreshold);
            if (there.ZeroThreshold != ZeroThreshold || ZeroCount < there.ZeroCount) return true;
            there.Reduce(Schema);
        }
        else Align(here, there);
        return there.Positive.Any(b => b.Value > here.Positive.GetValueOrDefault(b.Key)) || there.Negative.Any(b => b.Value > here.Negative.GetValueOrDefault(b.Key));
    }

    /// <summary>What differs, or null; counts that are nothing but rounding are nothing.</summary>
    public string? Difference(NaiveHistogram other)
    {
        double scale = 1 + Math.Abs(Count) + Math.Abs(Sum) + Positive.Values.Concat(Negative.Values).Sum(Math.Abs);
        bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * scale || (double.IsNaN(a) && double.IsNaN(b));
        if (Schema != other.Schema) return $"schema {Schema}, {other.Schema}";
        if (ZeroThreshold != other.ZeroThreshold) return $"zero threshold {ZeroThreshold}, {other.ZeroThreshold}";
        if (!(Bounds ?? []).SequenceEqual(other.Bounds ?? [])) return "bounds";
        if (!Near(Count, other.Count) || !Near(Sum, other.Sum) || !Near(ZeroCount, other.ZeroCount)) return $"count {Count}, {other.Count}; sum {Sum}, {other.Sum}; zero {ZeroCount}, {other.ZeroCount}";
        foreach (int index in Positive.Keys.Union(other.Positive.Keys))
        {
            if (!Near(Positive.GetValueOrDefault(index), other.Positive.GetValueOrDefault(index))) return $"bucket {index}: {Positive.GetValueOrDefault(index)}, {other.Positive.GetValueOrDefault(index)}";
        }
        foreach (int index in Negative.Keys.Union(other.Negative.Keys))
        {
            if (!Near(Negative.GetValueOrDefault(index), other.Negative.GetValueOrDefault(index))) return $"negative bucket {index}";
        }
        return null;
    }

    private static void Align(NaiveHistogram a, NaiveHistogram b)
    {
        if (a.Bounds is not null && b.Bounds is not null)
        {
            double[] shared = [.. a.Bounds.Intersect(b.Bounds).Order()];
            a.Rebound(shared);
            b.Rebound(shared);
            return;
        }
        while (a.ZeroThreshold != b.ZeroThreshold)
        {
            double threshold = Math.Max(a.ZeroThreshold, b.ZeroThreshold);
            a.Widen(threshold);
            b.Widen(threshold);
        }
        int schema = Math.Min(a.Schema, b.Schema);
        a.Reduce(schema);
        b.Reduce(schema);
    }

    // The engine's, which have tests of their own: thresholds must meet bounds to the last bit.
    private static double Bound(int index, int schema) => BucketBounds.Upper(index, schema);

    /// <summary>The least threshold from the given one on that lies inside no populated bucket.</summary>
    private void Widen(double threshold)
    {
        if (threshold <= ZeroThreshold) return;
        List<int> populated = [.. Positive.Concat(Negative).Where(b => b.Value != 0).Select(b => b.Key)];
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach (int index in populated)
            {
                if (!(Bound(index - 1, Schema) < threshold && threshold < Bound(index, Schema))) continue;
                threshold = Bound(index, Schema);
                moved = true;
            }
        }
        ZeroThreshold = threshold;
        foreach (var side in new[] { Positive, Negative })
        {
            foreach (int index in side.Keys.Where(i => Bound(i - 1, Schema) < threshold).ToList())
            {
                ZeroCount += side[index];
                side.Remove(index);
            }
        }
    }

    private void Reduce(int schema)
    {
        int width = 1 << (Schema - schema);
        Positive = Regrouped(Positive, i => (int)Math.Ceiling((double)i / width));
        Negative = Regrouped(Negative, i => (int)Math.Ceiling((double)i / width));
        Schema = schema;
    }

    private void Rebound(double[] shared)
    {
        double[] bounds = Bounds!;
        Positive = Regrouped(Positive, i => i >= bounds.Length ? shared.Length : shared.Count(s => s < bounds[i]));
        Bounds = shared;
    }

    private static SortedDictionary<int, double> Regrouped(SortedDictionary<int, double> side, Func<int, int> target) =>
        new(side.GroupBy(b => target(b.Key)).ToDictionary(g => g.Key, g => g.Sum(b => b.Value)));

    private NaiveHistogram Map(Func<double, double> map)
    {
        NaiveHistogram result = Copy();
        (result.ZeroCount, result.Count, result.Sum) = (map(ZeroCount), map(Count), map(Sum));
        foreach (var (index, count) in Positive) result.Positive[index] = map(count);
        foreach (var (index, count) in Negative) result.Negative[index] = map(count);
        return result;
    }

    private static void Fill(SortedDictionary<int, double> side, ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        int index = 0, at = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++) side[index++] = counts[at++];
        }
    }

    private static (HistogramSpan[] Spans, double[] Counts) Spans(SortedDictionary<int, double> side)
    {
        List<HistogramSpan> spans = [];
        int end = 0;
        foreach (int index in side.Keys)
        {
            spans.Add(new HistogramSpan(index - end, 1));
            end = index + 1;
        }
        return ([.. spans], [.. side.Values]);
    }
}
