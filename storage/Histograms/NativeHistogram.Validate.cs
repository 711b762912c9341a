using System.Globalization;

namespace Streamline.Storage;

/// <summary>The checks that every histogram from outside passes before it is stored (model/histogram, Validate).</summary>
public sealed partial class NativeHistogram
{
    /// <summary>What is wrong with the histogram, for the sender's eyes; null when nothing is. A stale marker is always right.</summary>
    public string? Validate()
    {
        if (IsStale) return null;
        return (HasCustomBuckets ? CustomProblem() : ExponentialProblem())
            ?? SpanProblem(_positiveSpans, _positiveBuckets.Length, "positive") ?? SpanProblem(_negativeSpans, _negativeBuckets.Length, "negative")
            ?? CountProblem();
    }

    private string? ExponentialProblem()
    {
        if (Schema is < MinSchema or > MaxSchema) return $"histogram has schema {Schema}, which is not from {MinSchema} to {MaxSchema}";
        if (_customBounds.Length > 0) return "histogram with an exponential schema must not have custom bounds";
        return !(ZeroThreshold >= 0) ? string.Create(CultureInfo.InvariantCulture, $"histogram has the zero threshold {ZeroThreshold}") : null;
    }

    private string? CustomProblem()
    {
        if (ZeroCount != 0) return "custom buckets: the zero bucket must be empty";
        if (ZeroThreshold != 0) return "custom buckets: the zero threshold must be 0";
        if (_negativeSpans.Length > 0 || _negativeBuckets.Length > 0) return "custom buckets: there must be no negative buckets";
        double last = double.NegativeInfinity;
        foreach (double bound in _customBounds)
        {
            // Negative infinity as the first bound fails here too: nothing lies below it.
            if (!(bound > last)) return string.Create(CultureInfo.InvariantCulture, $"custom buckets: the bound {bound} does not follow {last}");
            last = bound;
        }
        if (double.IsPositiveInfinity(last)) return "custom buckets: the last bound +Inf is implied and must not be written";
        long end = 0;
        foreach (var span in _positiveSpans) end += (long)span.Offset + span.Length;
        return end > _customBounds.Length + 1 ? $"custom buckets: {_customBounds.Length} bounds have at most {_customBounds.Length + 1} buckets, the spans reach bucket {end}" : null;
    }

    private static string? SpanProblem(HistogramSpan[] spans, int buckets, string side)
    {
        for (int i = 1; i < spans.Length; i++)
        {
            if (spans[i].Offset < 0) return $"{side} side: span {i + 1} has the negative offset {spans[i].Offset}";
        }
        long total = Total(spans);
        return total == buckets ? null : $"{side} side: spans need {total} buckets, have {buckets}";
    }

    private string? CountProblem()
    {
        if (!(ZeroCount >= 0)) return "the zero bucket has a negative count";
        double sum = ZeroCount;
        foreach (double count in _positiveBuckets)
        {
            if (!(count >= 0)) return string.Create(CultureInfo.InvariantCulture, $"positive side: a bucket has the count {count}");
            sum += count;
        }
        foreach (double count in _negativeBuckets)
        {
            if (!(count >= 0)) return string.Create(CultureInfo.InvariantCulture, $"negative side: a bucket has the count {count}");
            sum += count;
        }
        if (!(Count >= 0)) return string.Create(CultureInfo.InvariantCulture, $"histogram has the count {Count}");
        if (!IsInteger) return null;
        // Observations of NaN are in no bucket, and make the sum NaN.
        bool fits = double.IsNaN(Sum) ? sum <= Count : sum == Count;
        return fits ? null : string.Create(CultureInfo.InvariantCulture, $"{sum} observations found in buckets, but the count is {Count}");
    }
}
