using System.Globalization;
using Streamline.Storage;

namespace Streamline.Conformance.Running;

/// <summary>Compares histograms as the scripts' own runner does: empty buckets do not count, numbers to a millionth, the hint only where the script names it.</summary>
internal static class HistogramComparison
{
    public static bool Matches(NativeHistogram wanted, NativeHistogram found, bool hintSet) =>
        wanted.Schema == found.Schema && Comparison.AlmostEqual(wanted.Count, found.Count) && Comparison.AlmostEqual(wanted.Sum, found.Sum)
        && (!wanted.HasCustomBuckets || wanted.CustomBounds.SequenceEqual(found.CustomBounds))
        && wanted.ZeroThreshold == found.ZeroThreshold && Comparison.AlmostEqual(wanted.ZeroCount, found.ZeroCount)
        && Matches(Populated(wanted.PositiveSpans, wanted.PositiveBuckets), Populated(found.PositiveSpans, found.PositiveBuckets))
        && Matches(Populated(wanted.NegativeSpans, wanted.NegativeBuckets), Populated(found.NegativeSpans, found.NegativeBuckets))
        && (!hintSet || wanted.ResetHint == found.ResetHint);

    /// <summary>In the scripts' notation, except that buckets carry their index.</summary>
    public static string Shown(NativeHistogram h)
    {
        string bounds = h.HasCustomBuckets ? $" custom_values:[{string.Join(' ', h.CustomBounds.ToArray().Select(Text))}]" : "";
        string zero = h.ZeroCount != 0 || h.ZeroThreshold != 0 ? $" z_bucket:{Text(h.ZeroCount)} z_bucket_w:{Text(h.ZeroThreshold)}" : "";
        return $"{{{{schema:{h.Schema} count:{Text(h.Count)} sum:{Text(h.Sum)}{zero}{bounds} counter_reset_hint:{h.ResetHint}"
            + $" buckets:[{Shown(Populated(h.PositiveSpans, h.PositiveBuckets))}] n_buckets:[{Shown(Populated(h.NegativeSpans, h.NegativeBuckets))}]}}}}";
    }

    private static string Shown(List<(int Index, double Count)> buckets) => string.Join(' ', buckets.Select(b => $"{b.Index}={Text(b.Count)}"));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static bool Matches(List<(int Index, double Count)> wanted, List<(int Index, double Count)> found)
    {
        if (wanted.Count != found.Count) return false;
        for (int i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].Index != found[i].Index || !Comparison.AlmostEqual(wanted[i].Count, found[i].Count)) return false;
        }
        return true;
    }

    private static List<(int Index, double Count)> Populated(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        List<(int Index, double Count)> populated = [];
        int index = 0, at = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++, index++, at++)
            {
                if (counts[at] != 0) populated.Add((index, counts[at]));
            }
        }
        return populated;
    }
}
