using System.Buffers;
using Streamline.Storage;

namespace Streamline.Web.Federation;

/// <summary>Delimited messages of io.prometheus.client.MetricFamily, fields in the order of their numbers, as Go writes them.</summary>
internal sealed class FederationProtobuf(IBufferWriter<byte> target, NameEscaping escaping) : IFederationWriter
{
    private const int UntypedType = 3, HistogramType = 4, GaugeHistogramType = 5;

    private readonly ProtobufBuffer _family = new(), _metric = new(), _inner = new(), _pair = new();

    public void Family(string name, FamilyKind kind)
    {
        End();
        _family.Text(1, escaping.Escape(name));
        _family.Number(3, kind switch { FamilyKind.Untyped => UntypedType, FamilyKind.Histogram => HistogramType, FamilyKind.GaugeHistogram => GaugeHistogramType });
    }

    public void Sample(in FederatedSample sample, IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        _metric.Clear();
        foreach (var (name, value) in labels)
        {
            _pair.Clear();
            _pair.Text(1, escaping.Escape(name));
            _pair.Text(2, value);
            _metric.Message(1, _pair);
        }
        _inner.Clear();
        if (sample.Histogram is not { } histogram)
        {
            _inner.Double(1, sample.Value);
            _metric.Message(5, _inner);
            _metric.Number(6, sample.TimestampMs);
        }
        else
        {
            _metric.Number(6, sample.TimestampMs);
            if (histogram.HasCustomBuckets) AddClassic(histogram);
            else AddNative(histogram);
            _metric.Message(7, _inner);
        }
        _family.Message(4, _metric);
    }

    public void End()
    {
        if (_family.Bytes.IsEmpty) return;
        _pair.Clear();
        _pair.Length(_family.Bytes.Length);
        target.Write(_pair.Bytes);
        target.Write(_family.Bytes);
        _family.Clear();
    }

    // Without the last bucket, which a reader makes of the count.
    private void AddClassic(NativeHistogram histogram)
    {
        _inner.Double(2, histogram.Sum);
        foreach (var (bound, below) in ClassicBuckets.Of(histogram))
        {
            _pair.Clear();
            _pair.Double(2, bound);
            _pair.Double(4, below);
            _inner.Message(3, _pair);
        }
        _inner.Double(4, histogram.Count);
    }

    private void AddNative(NativeHistogram histogram)
    {
        _inner.Double(2, histogram.Sum);
        _inner.Double(4, histogram.Count);
        _inner.Signed(5, histogram.Schema);
        _inner.Double(6, histogram.ZeroThreshold);
        _inner.Double(8, histogram.ZeroCount);
        AddSpans(9, histogram.NegativeSpans);
        foreach (double count in histogram.NegativeBuckets) _inner.Double(11, count);
        AddSpans(12, histogram.PositiveSpans);
        foreach (double count in histogram.PositiveBuckets) _inner.Double(14, count);
    }

    private void AddSpans(int field, ReadOnlySpan<HistogramSpan> spans)
    {
        foreach (var span in spans)
        {
            _pair.Clear();
            _pair.Signed(1, span.Offset);
            _pair.Number(2, span.Length);
            _inner.Message(field, _pair);
        }
    }
}
