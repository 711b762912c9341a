using Streamline.Query.Kernels;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>Adding and subtracting: both sides are brought to one layout first.</summary>
internal sealed partial class WorkingHistogram
{
    /// <summary>Adds another one, which is brought to the common layout too: it is scratch of the caller.</summary>
    public MergeNotes Add(WorkingHistogram other) => Merge(other, 1, compensated: false);

    /// <summary>Subtracts another one, which is brought to the common layout too. The hint is that of an addition: it is the caller's to say what the result is.</summary>
    public MergeNotes Subtract(WorkingHistogram other) => Merge(other, -1, compensated: false);

    /// <summary>Adds another one and keeps the digits that a double loses, until <see cref="Settle"/>.</summary>
    public MergeNotes AddCompensated(WorkingHistogram other) => Merge(other, 1, compensated: true);

    /// <summary>Brings the resolution down to a schema that is not finer.</summary>
    public void Reduce(int schema)
    {
        if (HasCustomBuckets || schema >= Schema) return;
        ReduceTo(schema, compensated: false);
    }

    /// <summary>
    /// Makes the zero bucket at least so wide; it ends at the end of a populated bucket if the threshold falls into one. Buckets inside go into it.
    /// </summary>
    public void WidenZero(double threshold, bool compensated)
    {
        double count, rest;
        int positive, negative;
        while (true)
        {
            (count, rest) = (ZeroCount, _zeroRest);
            positive = Swallow(_positive, ref threshold, ref count, ref rest, compensated);
            double before = threshold;
            negative = Swallow(_negative, ref threshold, ref count, ref rest, compensated);
            // A negative bucket that widens it further may reach a positive one.
            if (threshold == before) break;
        }
        (ZeroCount, _zeroRest, ZeroThreshold) = (count, rest, threshold);
        _positive.DropFirst(positive);
        _negative.DropFirst(negative);
    }

    /// <summary>Bounds that both lists have.</summary>
    public static double[] Intersection(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var shared = new List<double>(Math.Min(a.Length, b.Length));
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j])
            {
                shared.Add(a[i]);
                i++;
                j++;
            }
            else if (a[i] < b[j]) i++;
            else j++;
        }
        return [.. shared];
    }

    /// <summary>Joins custom buckets down to fewer bounds, each of which is among the old ones.</summary>
    public void Rebound(double[] bounds, bool compensated)
    {
        _positive.Rebound(_bounds, bounds, compensated);
        _bounds = bounds;
    }

    private MergeNotes Merge(WorkingHistogram other, double sign, bool compensated)
    {
        if (HasCustomBuckets != other.HasCustomBuckets) return MergeNotes.Incompatible;
        MergeNotes notes = MergeHint(other.Hint);
        notes |= HasCustomBuckets ? AlignBounds(other, compensated) : AlignSchemas(other, compensated);
        double zero = ZeroCount, count = Count, sum = Sum;
        Merge(sign * other.ZeroCount, sign * other._zeroRest, ref zero, ref _zeroRest, compensated);
        Merge(sign * other.Count, sign * other._countRest, ref count, ref _countRest, compensated);
        Merge(sign * other.Sum, sign * other._sumRest, ref sum, ref _sumRest, compensated);
        (ZeroCount, Count, Sum) = (zero, count, sum);
        _positive.Merge(other._positive, sign, compensated);
        _negative.Merge(other._negative, sign, compensated);
        return notes;
    }

    private static void Merge(double value, double valueRest, ref double sum, ref double rest, bool compensated)
    {
        if (!compensated)
        {
            sum += value;
            return;
        }
        CompensatedSum.Add(value, ref sum, ref rest);
        if (valueRest != 0) CompensatedSum.Add(valueRest, ref sum, ref rest);
    }

    /// <summary>A gauge makes the result one; else what only one side knows is not known of the result.</summary>
    private MergeNotes MergeHint(CounterResetHint other)
    {
        if (other == Hint || Hint is CounterResetHint.Gauge) return MergeNotes.None;
        if (other == CounterResetHint.Gauge)
        {
            Hint = CounterResetHint.Gauge;
            return MergeNotes.None;
        }
        MergeNotes notes = Hint != CounterResetHint.Unknown && other != CounterResetHint.Unknown ? MergeNotes.ResetCollision : MergeNotes.None;
        Hint = CounterResetHint.Unknown;
        return notes;
    }

    private MergeNotes AlignBounds(WorkingHistogram other, bool compensated)
    {
        if (_bounds.AsSpan().SequenceEqual(other._bounds)) return MergeNotes.None;
        double[] shared = Intersection(_bounds, other._bounds);
        Rebound(shared, compensated);
        other.Rebound(shared, compensated);
        return MergeNotes.BoundsReconciled;
    }

    private MergeNotes AlignSchemas(WorkingHistogram other, bool compensated)
    {
        while (ZeroThreshold != other.ZeroThreshold)
        {
            if (ZeroThreshold > other.ZeroThreshold) other.WidenZero(ZeroThreshold, compensated);
            else WidenZero(other.ZeroThreshold, compensated);
        }
        if (Schema > other.Schema) ReduceTo(other.Schema, compensated);
        else if (other.Schema > Schema) other.ReduceTo(Schema, compensated);
        return MergeNotes.None;
    }

    private void ReduceTo(int schema, bool compensated)
    {
        _positive.Reduce(Schema - schema, compensated);
        _negative.Reduce(Schema - schema, compensated);
        Schema = schema;
    }

    /// <summary>Counts the buckets of one side that lie inside the threshold, and widens it to the end of the last one.</summary>
    private int Swallow(SparseBuckets buckets, ref double threshold, ref double count, ref double rest, bool compensated)
    {
        int swallowed = 0;
        for (; swallowed < buckets.Length; swallowed++)
        {
            int index = buckets.Indexes[swallowed];
            if (BucketBounds.Upper(index - 1, Schema) >= threshold) break;
            Merge(buckets.Counts[swallowed], buckets.Compensations[swallowed], ref count, ref rest, compensated);
            double upper = BucketBounds.Upper(index, Schema);
            if (upper <= threshold) continue;
            // A difference may have left a bucket with nothing in it.
            if (buckets.Counts[swallowed] != 0) threshold = upper;
            return swallowed + 1;
        }
        return swallowed;
    }
}
