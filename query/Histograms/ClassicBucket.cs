namespace Streamline.Query.Histograms;

/// <summary>A bucket of a classic histogram: cumulative count of observations up to a bound.</summary>
internal struct ClassicBucket
{
    public double UpperBound;
    public double Count;
}

/// <summary>Where counts had to be raised to those of the buckets below, and by how much at most.</summary>
internal struct ForcedMonotonicity
{
    public bool Happened;
    public double MinBound;
    public double MaxBound;
    public double MaxDifference;

    /// <summary>One more bucket; they come rising.</summary>
    public void Add(double bound, double difference)
    {
        if (!Happened) MinBound = bound;
        (Happened, MaxBound, MaxDifference) = (true, bound, Math.Max(MaxDifference, difference));
    }
}

/// <summary>Quantile and fraction of classic histograms (promql/quantile.go). Buckets come in any order and are changed in place.</summary>
internal static class ClassicHistogram
{
    // Neighbouring counts closer than this are rounding, not a decrease.
    private const double SmallDelta = 1e-12;

    /// <summary>The quantile; <paramref name="forced"/> says where counts had to be made monotonic.</summary>
    public static double Quantile(double q, Span<ClassicBucket> buckets, out ForcedMonotonicity forced)
    {
        forced = default;
        if (double.IsNaN(q)) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        if (!TryPrepare(ref buckets)) return double.NaN;
        forced = MakeMonotonic(buckets);
        if (buckets.Length < 2) return double.NaN;
        double observations = buckets[^1].Count;
        if (observations == 0) return double.NaN;
        double rank = q * observations;
        int b = 0;
        while (b < buckets.Length - 1 && !(buckets[b].Count >= rank)) b++;
        if (b == buckets.Length - 1) return buckets[^2].UpperBound;
        if (b == 0 && buckets[0].UpperBound <= 0) return buckets[0].UpperBound;
        double start = b == 0 ? 0 : buckets[b - 1].UpperBound, below = b == 0 ? 0 : buckets[b - 1].Count;
        return start + ((buckets[b].UpperBound - start) * ((rank - below) / (buckets[b].Count - below)));
    }

    /// <summary>Share of the observations between two values.</summary>
    public static double Fraction(double lower, double upper, Span<ClassicBucket> buckets)
    {
        if (!TryPrepare(ref buckets)) return double.NaN;
        double count = buckets[^1].Count;
        if (count == 0 || double.IsNaN(lower) || double.IsNaN(upper)) return double.NaN;
        if (lower >= upper) return 0;
        return (Rank(upper, buckets) - Rank(lower, buckets)) / count;
    }

    /// <summary>Observations up to a value, interpolated inside its bucket.</summary>
    private static double Rank(double value, ReadOnlySpan<ClassicBucket> buckets)
    {
        double below = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            double upper = buckets[i].UpperBound, lower = i > 0 ? buckets[i - 1].UpperBound : upper > 0 ? 0 : double.NegativeInfinity;
            if (lower >= value) return below;
            if (upper > value)
            {
                // Nothing can be interpolated in a bucket without end: its observations count as lying at its finite bound.
                if (double.IsPositiveInfinity(upper)) return below;
                if (double.IsNegativeInfinity(lower)) return buckets[i].Count;
                return below + ((buckets[i].Count - below) * (value - lower) / (upper - lower));
            }
            below = buckets[i].Count;
        }
        return below;
    }

    /// <summary>Sorts and joins equal bounds; false without a +Inf bucket.</summary>
    private static bool TryPrepare(ref Span<ClassicBucket> buckets)
    {
        buckets.Sort((a, b) => a.UpperBound.CompareTo(b.UpperBound));
        if (buckets.IsEmpty || !double.IsPositiveInfinity(buckets[^1].UpperBound)) return false;
        int last = 0;
        for (int i = 1; i < buckets.Length; i++)
        {
            if (buckets[i].UpperBound == buckets[last].UpperBound) buckets[last].Count += buckets[i].Count;
            else buckets[++last] = buckets[i];
        }
        buckets = buckets[..(last + 1)];
        return true;
    }

    private static ForcedMonotonicity MakeMonotonic(Span<ClassicBucket> buckets)
    {
        var forced = default(ForcedMonotonicity);
        double before = buckets[0].Count;
        foreach (ref ClassicBucket bucket in buckets[1..])
        {
            if (bucket.Count == before) continue;
            if (AlmostEqual(before, bucket.Count)) bucket.Count = before;
            else if (bucket.Count < before)
            {
                forced.Add(bucket.UpperBound, before - bucket.Count);
                bucket.Count = before;
            }
            else before = bucket.Count;
        }
        return forced;
    }

    private static bool AlmostEqual(double a, double b)
    {
        const double MinNormal = 2.2250738585072014e-308;
        if (a == b) return true;
        double sum = Math.Abs(a) + Math.Abs(b), difference = Math.Abs(a - b);
        if (a == 0 || b == 0 || sum < MinNormal) return difference < SmallDelta * MinNormal;
        return difference / Math.Min(sum, double.MaxValue) < SmallDelta;
    }
}
