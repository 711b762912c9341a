using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Dense or scattered bucket counts, in rising order of their index, to spans: gaps of up to two empty buckets are cheaper filled than spanned.</summary>
internal sealed class OtlpBucketWriter
{
    private const int MostFilled = 2;

    private readonly List<HistogramSpan> _spans = [];
    private readonly List<double> _counts = [];
    private int _next;

    public HistogramSpan[] Spans => [.. _spans];

    public double[] Counts => [.. _counts];

    /// <summary>Adds to the bucket at an index, which is the last one's or higher; empty buckets are left out.</summary>
    public void Add(int index, ulong count)
    {
        if (count == 0) return;
        if (_counts.Count > 0 && index == _next - 1)
        {
            _counts[^1] += count;
            return;
        }
        int gap = index - _next;
        if (_spans.Count == 0) _spans.Add(new HistogramSpan(index, 0));
        else if (gap > MostFilled) _spans.Add(new HistogramSpan(gap, 0));
        else for (; gap > 0; gap--) Append(0);
        Append(count);
        _next = index + 1;
    }

    private void Append(double count)
    {
        _spans[^1] = _spans[^1] with { Length = _spans[^1].Length + 1 };
        _counts.Add(count);
    }
}
