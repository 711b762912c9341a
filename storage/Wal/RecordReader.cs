using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;

namespace Streamline.Storage.Wal;

/// <summary>Walks the entries of one record. A record that does not hold what its type says throws <see cref="FormatException"/>.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> record)
{
    // Higher ones would leave no room to count on from.
    private const ulong MaxRef = 1UL << 62;

    // No series of anybody's comes near; the builder looks for each name among those before it.
    private const int MaxLabels = 1 << 16;

    private readonly RecordType _type = TypeOf(record);
    private readonly bool _hasStarts = HasStarts(TypeOf(record));
    private ReadOnlySpan<byte> _rest = record[1..];
    // The base of the others' differences; where records have start times that of a reference is the one before it.
    private ulong _baseRef;
    private long _firstTime, _firstStart;
    private bool _started;

    /// <summary>Start time of the sample or histogram read last, 0 when its source did not tell.</summary>
    public long StartMs { get; private set; }

    public static RecordType TypeOf(ReadOnlySpan<byte> record) => (RecordType)record[0];

    /// <summary>Whether <see cref="NextSample"/> reads records of a type.</summary>
    public static bool HoldsSamples(RecordType type) => type is RecordType.Samples or RecordType.SamplesV2;

    /// <summary>Whether <see cref="NextHistogram"/> reads records of a type.</summary>
    public static bool HoldsHistograms(RecordType type) => type is RecordType.HistogramSamples or RecordType.FloatHistogramSamples
        or RecordType.CustomBucketsHistogramSamples or RecordType.CustomBucketsFloatHistogramSamples
        or RecordType.HistogramSamplesV2 or RecordType.FloatHistogramSamplesV2;

    /// <summary>Whether entries of records of a type have a start time (Prometheus's st-storage).</summary>
    public static bool HasStarts(RecordType type) => type is RecordType.SamplesV2 or RecordType.HistogramSamplesV2 or RecordType.FloatHistogramSamplesV2;

    /// <summary>The next series of a series record: its labels in the form of <see cref="Labels"/>.</summary>
    public bool NextSeries(LabelsBuilder builder, out ulong reference)
    {
        builder.Clear();
        reference = 0;
        if (_rest.IsEmpty) return false;
        reference = ReadUInt64();
        if (reference is 0 or > MaxRef) throw new FormatException($"{reference} is no reference of a series");
        ReadLabels(builder);
        return true;
    }

    private void ReadLabels(LabelsBuilder builder)
    {
        ulong labels = ReadUvarint();
        if (labels > MaxLabels) throw new FormatException($"a series of {labels} labels");
        for (; labels > 0; labels--)
        {
            var name = ReadString();
            builder.Set(name, ReadString());
        }
    }

    /// <summary>The next sample of a record of floats.</summary>
    public bool NextSample(out ulong reference, out long timestampMs, out ulong bits)
    {
        (reference, timestampMs, bits) = (0, 0, 0);
        if (_rest.IsEmpty) return false;
        // Most of a replay; through NextTime it took a tenth more.
        if (_started && !_hasStarts)
        {
            reference = _baseRef + (ulong)ReadVarint();
            timestampMs = _firstTime + ReadVarint();
        }
        else if (!NextTime(ref reference, ref timestampMs))
        {
            return false;
        }
        bits = ReadUInt64();
        return true;
    }

    public bool NextTombstone(out ulong reference, out TimeRange range)
    {
        (reference, range) = (0, default);
        if (_rest.IsEmpty) return false;
        reference = ReadUInt64();
        long min = ReadVarint();
        range = new TimeRange(min, ReadVarint());
        return true;
    }

    /// <summary>The next marker: a late chunk of the series is in a head chunk file.</summary>
    public bool NextMarker(out ulong reference, out ulong chunk)
    {
        (reference, chunk) = (0, 0);
        if (_rest.IsEmpty) return false;
        reference = ReadUInt64();
        chunk = ReadUInt64();
        return true;
    }

    /// <summary>The next histogram of a record of histograms; null when its schema is unknown or its buckets do not fit its spans.</summary>
    public bool NextHistogram(out ulong reference, out long timestampMs, out NativeHistogram? histogram)
    {
        (reference, timestampMs, histogram) = (0, 0, null);
        if (!NextTime(ref reference, ref timestampMs)) return false;
        histogram = ReadHistogram();
        return true;
    }

    /// <summary>The next exemplar of an exemplar record.</summary>
    public bool NextExemplar(LabelsBuilder builder, out ulong reference, out Exemplar exemplar)
    {
        (reference, exemplar) = (0, null!);
        long timestampMs = 0;
        if (!NextTime(ref reference, ref timestampMs)) return false;
        double value = ReadDouble();
        builder.Clear();
        ReadLabels(builder);
        exemplar = new Exemplar(builder.Build(), value, timestampMs);
        return true;
    }

    /// <summary>The next entry of a metadata record.</summary>
    public bool NextMetadata(out ulong reference, out SeriesMetadata metadata)
    {
        (reference, metadata) = (0, null!);
        if (_rest.IsEmpty) return false;
        reference = ReadUvarint();
        string type = MetricTypes.NameOf(ReadByte()), unit = "", help = "";
        for (ulong fields = ReadUvarint(); fields > 0; fields--)
        {
            var name = ReadString();
            var value = ReadString();
            if (name.SequenceEqual("UNIT"u8)) unit = System.Text.Encoding.UTF8.GetString(value);
            else if (name.SequenceEqual("HELP"u8)) help = System.Text.Encoding.UTF8.GetString(value);
        }
        metadata = new SeriesMetadata(type, unit, help);
        return true;
    }

    private bool NextTime(ref ulong reference, ref long timestampMs)
    {
        if (_rest.IsEmpty) return false;
        if (_hasStarts) return NextTimeAndStart(ref reference, ref timestampMs);
        if (!_started)
        {
            _baseRef = ReadUInt64();
            _firstTime = (long)ReadUInt64();
            _started = true;
            if (_rest.IsEmpty) return false;
        }
        reference = _baseRef + (ulong)ReadVarint();
        timestampMs = _firstTime + ReadVarint();
        return true;
    }

    private bool NextTimeAndStart(ref ulong reference, ref long timestampMs)
    {
        if (_started)
        {
            reference = _baseRef += (ulong)ReadVarint();
            timestampMs = _firstTime + ReadVarint();
            StartMs = (StartMarker)ReadByte() switch
            {
                StartMarker.Unknown => 0,
                StartMarker.AsBefore => StartMs,
                _ => _firstStart + ReadVarint(),
            };
            return true;
        }
        _started = true;
        reference = _baseRef = (ulong)ReadVarint();
        timestampMs = _firstTime = ReadVarint();
        StartMs = _firstStart = ReadVarint();
        return !_rest.IsEmpty;
    }

    private NativeHistogram? ReadHistogram()
    {
        bool isInteger = _type is RecordType.HistogramSamples or RecordType.CustomBucketsHistogramSamples or RecordType.HistogramSamplesV2;
        byte hint = ReadByte();
        long schema = ReadVarint();
        double threshold = ReadDouble();
        double zeroCount = isInteger ? ReadUvarint() : ReadDouble();
        double count = isInteger ? ReadUvarint() : ReadDouble();
        double sum = ReadDouble();
        var positiveSpans = ReadSpans();
        var negativeSpans = ReadSpans();
        double[] positive = ReadBuckets(isInteger), negative = ReadBuckets(isInteger);
        double[] bounds = schema == NativeHistogram.CustomBucketsSchema ? ReadBuckets(isInteger: false) : [];
        if (!HistogramLayout.IsKnown(schema)) return null;
        var histogram = new NativeHistogram
        {
            Schema = (int)schema,
            ZeroThreshold = threshold,
            ZeroCount = zeroCount,
            Count = count,
            Sum = sum,
            ResetHint = (CounterResetHint)(hint & 3),
            IsInteger = isInteger,
            PositiveSpanArray = positiveSpans,
            NegativeSpanArray = negativeSpans,
            PositiveBucketArray = positive,
            NegativeBucketArray = negative,
            CustomBoundArray = bounds,
        };
        return histogram.IsWellFormed ? HistogramResolution.Reduce(histogram, NativeHistogram.MaxSchema) : null;
    }

    private HistogramSpan[] ReadSpans()
    {
        const int leastSpanBytes = 2;
        var spans = new HistogramSpan[ReadCount(leastSpanBytes)];
        foreach (ref var span in spans.AsSpan())
        {
            int offset = (int)ReadVarint();
            span = new HistogramSpan(offset, (uint)ReadUvarint());
        }
        return spans;
    }

    private double[] ReadBuckets(bool isInteger)
    {
        var counts = new double[ReadCount(isInteger ? 1 : sizeof(double))];
        long below = 0;
        foreach (ref double count in counts.AsSpan()) count = isInteger ? below += ReadVarint() : ReadDouble();
        return counts;
    }

    private int ReadCount(int leastBytesEach)
    {
        ulong count = ReadUvarint();
        return count <= (ulong)(_rest.Length / leastBytesEach) ? (int)count : throw Short();
    }

    private byte ReadByte()
    {
        if (_rest.IsEmpty) throw Short();
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadUInt64());

    private ulong ReadUInt64()
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(_rest, out ulong value)) throw Short();
        _rest = _rest[8..];
        return value;
    }

    private ulong ReadUvarint()
    {
        if (!Varint.TryRead(_rest, out ulong value, out int bytes)) throw Short();
        _rest = _rest[bytes..];
        return value;
    }

    private long ReadVarint() => Varint.UnZigZag(ReadUvarint());

    private ReadOnlySpan<byte> ReadString()
    {
        ulong length = ReadUvarint();
        if (length > (ulong)Math.Min(_rest.Length, Labels.MaxStringBytes)) throw Short();
        var text = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return text;
    }

    private static FormatException Short() => new("record is cut short");
}
