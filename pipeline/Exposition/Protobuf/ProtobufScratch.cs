using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>The lists that <see cref="ProtobufExposition"/> fills anew for each metric; kept from scrape to scrape, so that a known body allocates nothing for its floats.</summary>
internal sealed class ProtobufScratch
{
    /// <summary>Where the label messages lie in the metric.</summary>
    public List<Range> Labels { get; } = [];

    public List<(double Quantile, double Value)> Quantiles { get; } = [];

    /// <summary>Cumulative buckets; the exemplar is empty where there is none.</summary>
    public List<(double Bound, double Count, Range Exemplar)> Buckets { get; } = [];

    public List<HistogramSpan> PositiveSpans { get; } = [];

    public List<HistogramSpan> NegativeSpans { get; } = [];

    /// <summary>Absolute counts of an integer histogram.</summary>
    public List<double> PositiveLevels { get; } = [];

    public List<double> NegativeLevels { get; } = [];

    /// <summary>Counts of a float histogram.</summary>
    public List<double> PositiveCounts { get; } = [];

    public List<double> NegativeCounts { get; } = [];

    /// <summary>Exemplars of the histogram itself, and those left to be given for the present sample.</summary>
    public List<Range> Exemplars { get; } = [];

    public List<Range> Pending { get; } = [];

    public ClassicHistogram Converter { get; } = new();

    /// <summary>Identity of the present metric; its samples add to it.</summary>
    public byte[] Key { get; set; } = new byte[512];

    public int KeyLength { get; set; }

    public void ClearMetric()
    {
        Labels.Clear();
        Quantiles.Clear();
        Buckets.Clear();
        PositiveSpans.Clear();
        NegativeSpans.Clear();
        PositiveLevels.Clear();
        NegativeLevels.Clear();
        PositiveCounts.Clear();
        NegativeCounts.Clear();
        Exemplars.Clear();
        Pending.Clear();
    }

    public void AddToKey(ReadOnlySpan<byte> bytes)
    {
        if (KeyLength + bytes.Length + KeySuffixBytes > Key.Length)
        {
            byte[] larger = new byte[(KeyLength + bytes.Length + KeySuffixBytes) * 2];
            Key.AsSpan(0, KeyLength).CopyTo(larger);
            Key = larger;
        }
        bytes.CopyTo(Key.AsSpan(KeyLength));
        KeyLength += bytes.Length;
    }

    /// <summary>Room behind the metric's part: what kind of sample, and its bound.</summary>
    public const int KeySuffixBytes = 9;
}
