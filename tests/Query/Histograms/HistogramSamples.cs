namespace Streamline.Query.Tests.Histograms;

/// <summary>Random histograms with few distinct layouts, so that all ways of reconciling them occur.</summary>
internal static class HistogramSamples
{
    private static readonly double[] Thresholds = [0, 0, 0.001, 0.3, 1.5];

    public static NaiveHistogram Any(Random random, bool custom)
    {
        var histogram = new NaiveHistogram();
        if (custom)
        {
            histogram.Schema = Streamline.Storage.NativeHistogram.CustomBucketsSchema;
            histogram.Bounds = [.. Enumerable.Range(1, 5).Where(_ => random.Next(4) > 0).Select(b => (double)b)];
        }
        else
        {
            histogram.Schema = random.Next(-1, 4);
            histogram.ZeroThreshold = Thresholds[random.Next(Thresholds.Length)];
            Observe(histogram, random, 0);
        }
        for (int i = random.Next(8); i > 0; i--) Observe(histogram, random, random.Next(1, 9));
        return histogram;
    }

    /// <summary>Some more observations in a bucket that the histogram may have.</summary>
    public static void Observe(NaiveHistogram histogram, Random random, int count)
    {
        histogram.Count += count;
        histogram.Sum += count * random.NextDouble();
        if (histogram.Bounds is not null)
        {
            int index = random.Next(histogram.Bounds.Length + 1);
            histogram.Positive[index] = histogram.Positive.GetValueOrDefault(index) + count;
            return;
        }
        int place = random.Next(8);
        if (place == 0)
        {
            histogram.ZeroCount += count;
            return;
        }
        // Buckets outside of the zero bucket only, as any instrumentation keeps it.
        int bucket = random.Next(-4, 12);
        while (Math.Pow(2, (bucket - 1) * Math.Pow(2, -histogram.Schema)) < histogram.ZeroThreshold) bucket++;
        var side = place < 6 ? histogram.Positive : histogram.Negative;
        side[bucket] = side.GetValueOrDefault(bucket) + count;
    }
}
