using Streamline.Query.Kernels;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// The populated buckets of one side of a histogram: rising indexes, counts, and what compensated summation has kept of them. Grows, is used again, and
/// allocates nothing once it has grown.
/// </summary>
internal sealed class SparseBuckets
{
    private int[] _indexes = [];
    private double[] _counts = [];
    private double[] _compensations = [];
    private int[] _spareIndexes = [];
    private double[] _spareCounts = [];
    private double[] _spareCompensations = [];

    /// <summary>Buckets.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<int> Indexes => _indexes.AsSpan(0, Length);

    public Span<double> Counts => _counts.AsSpan(0, Length);

    public ReadOnlySpan<double> Compensations => _compensations.AsSpan(0, Length);

    /// <summary>Forgets all buckets.</summary>
    public void Clear() => Length = 0;

    /// <summary>Takes the buckets that have observations.</summary>
    public void Load(ReadOnlySpan<HistogramSpan> spans, ReadOnlySpan<double> counts)
    {
        Clear();
        Reserve(counts.Length);
        int at = 0, index = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length && at < counts.Length; i++, index++, at++)
            {
                if (counts[at] != 0) Append(index, counts[at], 0);
            }
        }
    }

    /// <summary>Takes what another one holds.</summary>
    public void CopyFrom(SparseBuckets other)
    {
        Clear();
        Reserve(other.Length);
        other.Indexes.CopyTo(_indexes);
        other.Counts.CopyTo(_counts);
        other.Compensations.CopyTo(_compensations);
        Length = other.Length;
    }

    /// <summary>Joins buckets that fall into one of a schema that is so many levels coarser.</summary>
    public void Reduce(int levels, bool compensated)
    {
        if (levels == 0) return;
        int to = 0;
        for (int from = 0; from < Length; from++) to = Place(from, BucketBounds.Reduced(_indexes[from], levels), to, compensated);
        Length = to;
    }

    /// <summary>Joins custom buckets that fall into one of fewer bounds, each of which is among the old ones.</summary>
    public void Rebound(ReadOnlySpan<double> bounds, ReadOnlySpan<double> target, bool compensated)
    {
        int to = 0, next = 0;
        for (int from = 0; from < Length; from++)
        {
            double upper = BucketBounds.Upper(_indexes[from], bounds);
            while (next < target.Length && target[next] < upper) next++;
            to = Place(from, next, to, compensated);
        }
        Length = to;
    }

    /// <summary>Adds the other buckets times 1 or -1.</summary>
    public void Merge(SparseBuckets other, double sign, bool compensated)
    {
        ReserveSpare(Length + other.Length);
        int a = 0, b = 0, to = 0;
        while (a < Length || b < other.Length)
        {
            int left = a < Length ? _indexes[a] : int.MaxValue, right = b < other.Length ? other._indexes[b] : int.MaxValue;
            (double sum, double rest) = left <= right ? (_counts[a], _compensations[a]) : (sign * other._counts[b], sign * other._compensations[b]);
            if (left == right) Add(sign * other._counts[b], sign * other._compensations[b], ref sum, ref rest, compensated);
            _spareIndexes[to] = Math.Min(left, right);
            _spareCounts[to] = sum;
            _spareCompensations[to++] = rest;
            if (left <= right) a++;
            if (right <= left) b++;
        }
        (_indexes, _spareIndexes) = (_spareIndexes, _indexes);
        (_counts, _spareCounts) = (_spareCounts, _counts);
        (_compensations, _spareCompensations) = (_spareCompensations, _compensations);
        Length = to;
    }

    /// <summary>Multiplies all counts.</summary>
    public void Multiply(double factor)
    {
        for (int i = 0; i < Length; i++)
        {
            _counts[i] *= factor;
            _compensations[i] *= factor;
        }
    }

    /// <summary>Divides all counts.</summary>
    public void Divide(double divisor)
    {
        for (int i = 0; i < Length; i++)
        {
            _counts[i] /= divisor;
            _compensations[i] /= divisor;
        }
    }

    /// <summary>Ends compensated summation.</summary>
    public void Settle()
    {
        for (int i = 0; i < Length; i++)
        {
            _counts[i] += _compensations[i];
            _compensations[i] = 0;
        }
    }

    /// <summary>Forgets the first buckets: those nearest to zero.</summary>
    public void DropFirst(int count)
    {
        if (count == 0) return;
        _indexes.AsSpan(count, Length - count).CopyTo(_indexes);
        _counts.AsSpan(count, Length - count).CopyTo(_counts);
        _compensations.AsSpan(count, Length - count).CopyTo(_compensations);
        Length -= count;
    }

    /// <summary>The count of a bucket, 0 if there is none.</summary>
    public double CountOf(int index)
    {
        int at = Indexes.BinarySearch(index);
        return at < 0 ? 0 : _counts[at];
    }

    /// <summary>Spans and counts without empty buckets.</summary>
    public (HistogramSpan[] Spans, double[] Counts) ToSpans()
    {
        int spans = 0, populated = 0, last = 0;
        for (int i = 0; i < Length; i++)
        {
            if (_counts[i] == 0) continue;
            if (populated == 0 || _indexes[i] != last + 1) spans++;
            last = _indexes[i];
            populated++;
        }
        if (populated == 0) return ([], []);
        var result = new HistogramSpan[spans];
        double[] counts = new double[populated];
        int span = -1, at = 0, end = 0;
        for (int i = 0; i < Length; i++)
        {
            if (_counts[i] == 0) continue;
            if (at > 0 && _indexes[i] == end) result[span] = result[span] with { Length = result[span].Length + 1 };
            else result[++span] = new HistogramSpan(_indexes[i] - end, 1);
            counts[at++] = _counts[i];
            end = _indexes[i] + 1;
        }
        return (result, counts);
    }

    private static void Add(double value, double valueRest, ref double sum, ref double rest, bool compensated)
    {
        if (!compensated)
        {
            sum += value;
            return;
        }
        CompensatedSum.Add(value, ref sum, ref rest);
        if (valueRest != 0) CompensatedSum.Add(valueRest, ref sum, ref rest);
    }

    /// <summary>Moves a bucket to its place in the layout that is being made of this one; gives the new length of that.</summary>
    private int Place(int from, int index, int to, bool compensated)
    {
        if (to > 0 && _indexes[to - 1] == index)
        {
            Add(_counts[from], _compensations[from], ref _counts[to - 1], ref _compensations[to - 1], compensated);
            return to;
        }
        (_indexes[to], _counts[to], _compensations[to]) = (index, _counts[from], _compensations[from]);
        return to + 1;
    }

    private void Append(int index, double count, double compensation)
    {
        (_indexes[Length], _counts[Length], _compensations[Length]) = (index, count, compensation);
        Length++;
    }

    private void Reserve(int capacity)
    {
        if (_indexes.Length >= capacity) return;
        Array.Resize(ref _indexes, Math.Max(capacity, _indexes.Length * 2));
        Array.Resize(ref _counts, _indexes.Length);
        Array.Resize(ref _compensations, _indexes.Length);
    }

    private void ReserveSpare(int capacity)
    {
        if (_spareIndexes.Length >= capacity) return;
        int size = Math.Max(capacity, _spareIndexes.Length * 2);
        (_spareIndexes, _spareCounts, _spareCompensations) = (new int[size], new double[size], new double[size]);
    }
}
