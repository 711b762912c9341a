namespace Streamline.Storage.Tests.Histograms;

/// <summary>Histograms made of bucket maps, and walks through them: what a client's histogram does over time.</summary>
internal static class HistogramSamples
{
    public const long Start = 1_700_000_000_000;

    /// <summary>Buckets by index; spans are as short as they can be.</summary>
    public static NativeHistogram Of(SortedDictionary<int, double> positive, SortedDictionary<int, double>? negative = null, double zero = 0, double sum = 0, int schema = 3,
        bool integer = true, CounterResetHint hint = CounterResetHint.Unknown, double[]? bounds = null, double threshold = 2.938735877055719e-39)
    {
        var (positiveSpans, positiveCounts) = Spans(positive);
        var (negativeSpans, negativeCounts) = Spans(negative ?? []);
        return new NativeHistogram
        {
            Schema = schema,
            ZeroThreshold = schema == NativeHistogram.CustomBucketsSchema ? 0 : threshold,
            ZeroCount = zero,
            Count = zero + positiveCounts.Sum() + negativeCounts.Sum(),
            Sum = sum,
            ResetHint = hint,
            IsInteger = integer,
            PositiveSpanArray = positiveSpans,
            PositiveBucketArray = positiveCounts,
            NegativeSpanArray = negativeSpans,
            NegativeBucketArray = negativeCounts,
            CustomBoundArray = bounds ?? [],
        };
    }

    /// <summary>What must come back: everything but empty buckets, spans and hints.</summary>
    public static string Text(NativeHistogram h)
    {
        if (h.IsStale) return h.IsInteger ? "stale" : "stale float";
        string bounds = h.HasCustomBuckets ? " bounds " + string.Join(' ', h.CustomBounds.ToArray().Select(Bits)) : "";
        return FormattableString.Invariant($"{(h.IsInteger ? "int" : "float")} {h.Schema} {Bits(h.ZeroThreshold)} {Bits(h.ZeroCount)} {Bits(h.Count)} {Bits(h.Sum)} [{Buckets(h.PositiveSpans, h.PositiveBuckets)}] [{Buckets(h.NegativeSpans, h.NegativeBuckets)}]{bounds}");
    }

    /// <summary>A seeded walk: grows, gets buckets, loses them, restarts, ends, changes its scale.</summary>
    public static List<(long Time, NativeHistogram Histogram)> Walk(int seed, int count, bool integer, bool gauge = false, bool custom = false, bool calm = false)
    {
        var random = new Random(seed);
        var samples = new List<(long, NativeHistogram)>();
        SortedDictionary<int, double> positive = [], negative = [];
        double[] bounds = custom ? [0.005, 0.01, 0.25, 1, 2.5, 1e9, 1e9 + 0.3] : [];
        double zero = 0, sum = 0;
        int schema = custom ? NativeHistogram.CustomBucketsSchema : 3;
        long time = Start;
        for (int i = 0; i < count; i++)
        {
            time += random.Next(10) == 0 ? random.Next(1, 100_000) : 15_000;
            switch (calm ? 20 : random.Next(24))
            {
                case 0:
                    positive.Clear();
                    negative.Clear();
                    (zero, sum) = (0, 0);
                    break;
                case 1 when !custom: schema = random.Next(-4, 9); break;
                case 2 when custom: bounds = [.. bounds.Select(b => b + 1)]; break;
                case 3 when positive.Count > 0: positive.Remove(positive.Keys.First()); break;
                case 4:
                    samples.Add((time, new NativeHistogram { Schema = 0, Count = 0, Sum = StaleMarker.Value, IsInteger = integer }));
                    continue;
                case 5: sum = double.NaN; break;
                case 6 when gauge && positive.Count > 0: positive[positive.Keys.Last()] = 0; break;
            }
            for (int n = random.Next(4); n > 0; n--)
            {
                Observe(positive, custom ? random.Next(bounds.Length + 1) : random.Next(-6, 12) * (random.Next(5) == 0 ? 7 : 1), Amount());
                if (!custom && random.Next(3) == 0) Observe(negative, random.Next(-3, 5), Amount());
            }
            if (!custom && random.Next(3) == 0) zero += Amount();
            sum += random.NextDouble();
            samples.Add((time, Of(positive, negative, zero, sum, schema, integer, gauge ? CounterResetHint.Gauge : random.Next(40) == 0 && !calm ? CounterResetHint.Reset : CounterResetHint.Unknown, bounds)));
        }
        return samples;

        double Amount() => integer ? random.Next(1, 50) : random.NextDouble() * 10;
    }

    private static void Observe(SortedDictionary<int, double> buckets, int index, double amount) => buckets[index] = buckets.GetValueOrDefault(index) + amount;

    private static (HistogramSpan[], double[]) Spans(SortedDictionary<int, double> buckets)
    {
        var spans = new List<HistogramSpan>();
        int end = 0;
        foreach (int index in buckets.Keys)
        {
            if (spans.Count > 0 && index == end) spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            else spans.Add(new HistogramSpan(index - end, 1));
            end = index + 1;
        }
        return ([.. spans], [.. buckets.Values]);
    }

    private static string Bits(double value) => BitConverter.DoubleToUInt64Bits(value).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    private static string Buckets(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        var text = new List<string>();
        int index = 0, place = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (int i = 0; i < span.Length; i++, index++, place++)
            {
                if (counts[place] != 0) text.Add(FormattableString.Invariant($"{index}:{Bits(counts[place])}"));
            }
        }
        return string.Join(' ', text);
    }
}
