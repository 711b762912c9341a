using System.Buffers;
using System.Text;
using Streamline.Storage;
using Streamline.Web.Federation;

namespace Streamline.Web.Tests.Federation;

/// <summary>Histograms, which Debian's Prometheus cannot be asked for: with custom buckets they are classic ones in every format.</summary>
public sealed class FederationWriterTests
{
    private static readonly KeyValuePair<string, string>[] Labels = [new("a", "b")];

    private static readonly NativeHistogram Custom = new()
    {
        Schema = NativeHistogram.CustomBucketsSchema,
        Count = 9,
        Sum = 1.5,
        CustomBoundArray = [0.5, 1, 2.5],
        PositiveSpanArray = [new HistogramSpan(0, 1), new HistogramSpan(1, 2)],
        PositiveBucketArray = [2, 3, 4],
    };

    [Fact]
    public void CustomBuckets_InText_AreAClassicHistogram()
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new FederationText(target, NameEscaping.Underscores);
        Write(writer, Custom);
        Assert.Equal(
            """
            # TYPE h histogram
            h_bucket{a="b",le="0.5"} 2 7
            h_bucket{a="b",le="1"} 2 7
            h_bucket{a="b",le="2.5"} 5 7
            h_bucket{a="b",le="+Inf"} 9 7
            h_sum{a="b"} 1.5 7
            h_count{a="b"} 9 7

            """, Encoding.UTF8.GetString(target.WrittenSpan));
    }

    [Fact]
    public void CustomBuckets_InProtobuf_AreAClassicHistogram()
    {
        var bucket = (double bound, double count) => Message(3, [.. Double(2, bound), .. Double(4, count)]);
        byte[] histogram = [.. Double(2, 1.5), .. bucket(0.5, 2), .. bucket(1, 2), .. bucket(2.5, 5), .. Double(4, 9)];
        byte[] metric = [.. Message(1, [.. Message(1, "a"u8), .. Message(2, "b"u8)]), 6 << 3, 7, .. Message(7, histogram)];
        byte[] family = [.. Message(1, "h"u8), 3 << 3, 4, .. Message(4, metric)];
        byte[] expected = [(byte)family.Length, .. family];
        Assert.Equal(expected, Written(Custom));
    }

    [Fact]
    public void GaugeHistograms_AreFamiliesOfTheirOwn()
    {
        // Behind the length, the name and the tag.
        byte[] counter = Written(Custom), gauge = Written(Custom.WithHint(CounterResetHint.Gauge));
        Assert.Equal((4, 5), (counter[5], gauge[5]));
        Assert.Equal(FamilyKind.GaugeHistogram, new FederatedSample("h", Storage.Labels.Empty, 7, 0, Custom.WithHint(CounterResetHint.Gauge)).Kind);
    }

    private static byte[] Written(NativeHistogram histogram)
    {
        var target = new ArrayBufferWriter<byte>();
        Write(new FederationProtobuf(target, NameEscaping.Underscores), histogram);
        return target.WrittenSpan.ToArray();
    }

    private static void Write(IFederationWriter writer, NativeHistogram histogram)
    {
        var sample = new FederatedSample("h", Storage.Labels.Empty, 7, 0, histogram);
        writer.Family("h", sample.Kind);
        writer.Sample(sample, Labels);
        writer.End();
    }

    private static byte[] Message(int field, ReadOnlySpan<byte> content) => [(byte)(field << 3 | 2), (byte)content.Length, .. content];

    private static byte[] Double(int field, double value) => [(byte)(field << 3 | 1), .. BitConverter.GetBytes(value)];
}
