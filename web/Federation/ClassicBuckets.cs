using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>The buckets of a histogram with custom bounds as a classic one counts them: each with all below it, without the last, which is the count.</summary>
internal static class ClassicBuckets
{
    public static List<(double Bound, double Below)> Of(NativeHistogram histogram)
    {
        double[] counts = new double[histogram.CustomBounds.Length + 1];
        int bucket = 0, at = 0;
        foreach (var span in histogram.PositiveSpans)
        {
            bucket += span.Offset;
            for (uint i = 0; i < span.Length; i++, bucket++, at++) counts[bucket] = histogram.PositiveBuckets[at];
        }
        var buckets = new List<(double, double)>(counts.Length);
        double below = 0;
        for (int i = 0; i < histogram.CustomBounds.Length; i++) buckets.Add((histogram.CustomBounds[i], below += counts[i]));
        return buckets;
    }
}
