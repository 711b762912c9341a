using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Web.Commands;

/// <summary>Native histograms as promtool's dump prints them: count, sum, and each bucket that is not empty with its bounds, from the lowest up.</summary>
internal static class HistogramText
{
    public static string Of(NativeHistogram histogram)
    {
        var text = new StringBuilder($"{{count:{Count(histogram, histogram.Count)}, sum:{GoFloat.Format(histogram.Sum)}");
        AppendNegative(text, histogram);
        if (histogram.ZeroCount != 0) Append(text, histogram, '[', -histogram.ZeroThreshold, histogram.ZeroThreshold, ']', histogram.ZeroCount);
        AppendPositive(text, histogram);
        return text.Append('}').ToString();
    }

    private static void AppendPositive(StringBuilder text, NativeHistogram histogram)
    {
        int index = 0, place = 0;
        foreach (var span in histogram.PositiveSpans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++, index++, place++)
            {
                double count = histogram.PositiveBuckets[place];
                if (count == 0) continue;
                // Only the lowest of custom buckets has both bounds inside: below it there is nothing.
                char left = histogram.HasCustomBuckets && index == 0 ? '[' : '(';
                Append(text, histogram, left, Bound(histogram, index - 1), Bound(histogram, index), ']', count);
            }
        }
    }

    private static void AppendNegative(StringBuilder text, NativeHistogram histogram)
    {
        var buckets = new List<(int Index, double Count)>();
        int index = 0, place = 0;
        foreach (var span in histogram.NegativeSpans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++) buckets.Add((index++, histogram.NegativeBuckets[place++]));
        }
        buckets.Reverse();
        foreach (var (at, count) in buckets)
        {
            if (count != 0) Append(text, histogram, '[', -Bound(histogram, at), -Bound(histogram, at - 1), ')', count);
        }
    }

    private static void Append(StringBuilder text, NativeHistogram histogram, char left, double lower, double upper, char right, double count) =>
        text.Append(CultureInfo.InvariantCulture, $", {left}{GoFloat.Format(lower)},{GoFloat.Format(upper)}{right}:{Count(histogram, count)}");

    private static string Count(NativeHistogram histogram, double count) =>
        histogram.IsInteger ? ((ulong)count).ToString(CultureInfo.InvariantCulture) : GoFloat.Format(count);

    /// <summary>Upper bound of a bucket.</summary>
    private static double Bound(NativeHistogram histogram, int index)
    {
        if (histogram.HasCustomBuckets) return index < 0 ? double.NegativeInfinity : index < histogram.CustomBounds.Length ? histogram.CustomBounds[index] : double.PositiveInfinity;
        if (histogram.Schema <= 0) return Math.ScaleB(1, index << -histogram.Schema);
        int whole = index >> histogram.Schema, part = index & ((1 << histogram.Schema) - 1);
        return Math.ScaleB(Math.Pow(2, part * Math.ScaleB(1, -histogram.Schema)), whole);
    }
}
