using System.Buffers.Binary;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Points: each kind numbers its fields in its own way.</summary>
internal sealed partial class OtlpProtobuf
{
    private OtlpPoint Point(ReadOnlySpan<byte> message, OtlpKind kind)
    {
        _budget.TakePoint();
        var point = new OtlpPoint();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (kind)
            {
                case OtlpKind.Gauge or OtlpKind.Sum: NumberField(ref reader, point); break;
                case OtlpKind.Histogram: HistogramField(ref reader, point); break;
                case OtlpKind.ExponentialHistogram: ExponentialField(ref reader, point); break;
                case OtlpKind.Summary: SummaryField(ref reader, point); break;
                case OtlpKind.None: reader.Skip(); break;
            }
        }
        return point;
    }

    private void NumberField(ref ProtobufReader reader, OtlpPoint point)
    {
        switch (reader.Field, reader.WireType)
        {
            case (2, 1): point.StartNanos = Fixed(ref reader); break;
            case (3, 1): point.TimeNanos = Fixed(ref reader); break;
            case (4, 1): point.Value = reader.ReadDouble(); break;
            case (5, 2): point.Exemplars.Add(Exemplar(reader.ReadBytes())); break;
            case (6, 1): point.Value = (long)Fixed(ref reader); break;
            case (7, 2): point.Attributes.Add(Attribute(reader.ReadBytes())); break;
            case (8, 0): point.Flags = (uint)reader.ReadVarint(); break;
            default: reader.Skip(); break;
        }
    }

    private void HistogramField(ref ProtobufReader reader, OtlpPoint point)
    {
        switch (reader.Field, reader.WireType)
        {
            case (2, 1): point.StartNanos = Fixed(ref reader); break;
            case (3, 1): point.TimeNanos = Fixed(ref reader); break;
            case (4, 1): point.Count = Fixed(ref reader); break;
            case (5, 1): point.Sum = reader.ReadDouble(); break;
            case (6, 1): AddFixed(point.BucketCounts, Fixed(ref reader)); break;
            case (6, 2): foreach (ulong count in Packed(reader.ReadBytes())) AddFixed(point.BucketCounts, count); break;
            case (7, 1): AddFixed(point.Bounds, reader.ReadDouble()); break;
            case (7, 2): foreach (ulong bits in Packed(reader.ReadBytes())) AddFixed(point.Bounds, BitConverter.UInt64BitsToDouble(bits)); break;
            case (8, 2): point.Exemplars.Add(Exemplar(reader.ReadBytes())); break;
            case (9, 2): point.Attributes.Add(Attribute(reader.ReadBytes())); break;
            case (10, 0): point.Flags = (uint)reader.ReadVarint(); break;
            default: reader.Skip(); break;
        }
    }

    private void ExponentialField(ref ProtobufReader reader, OtlpPoint point)
    {
        switch (reader.Field, reader.WireType)
        {
            case (1, 2): point.Attributes.Add(Attribute(reader.ReadBytes())); break;
            case (2, 1): point.StartNanos = Fixed(ref reader); break;
            case (3, 1): point.TimeNanos = Fixed(ref reader); break;
            case (4, 1): point.Count = Fixed(ref reader); break;
            case (5, 1): point.Sum = reader.ReadDouble(); break;
            case (6, 0): point.Scale = (int)ProtobufReader.ZigZag(reader.ReadVarint()); break;
            case (7, 1): point.ZeroCount = Fixed(ref reader); break;
            case (8, 2): Buckets(reader.ReadBytes(), point.Positive); break;
            case (9, 2): Buckets(reader.ReadBytes(), point.Negative); break;
            case (10, 0): point.Flags = (uint)reader.ReadVarint(); break;
            case (11, 2): point.Exemplars.Add(Exemplar(reader.ReadBytes())); break;
            case (14, 1): point.ZeroThreshold = reader.ReadDouble(); break;
            default: reader.Skip(); break;
        }
    }

    private void SummaryField(ref ProtobufReader reader, OtlpPoint point)
    {
        switch (reader.Field, reader.WireType)
        {
            case (2, 1): point.StartNanos = Fixed(ref reader); break;
            case (3, 1): point.TimeNanos = Fixed(ref reader); break;
            case (4, 1): point.Count = Fixed(ref reader); break;
            case (5, 1): point.Sum = reader.ReadDouble(); break;
            case (6, 2): point.Quantiles.Add(Quantile(reader.ReadBytes())); break;
            case (7, 2): point.Attributes.Add(Attribute(reader.ReadBytes())); break;
            case (8, 0): point.Flags = (uint)reader.ReadVarint(); break;
            default: reader.Skip(); break;
        }
    }

    private void Buckets(ReadOnlySpan<byte> message, OtlpBuckets buckets)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): buckets.Offset = (int)ProtobufReader.ZigZag(reader.ReadVarint()); break;
                case (2, 0): AddFixed(buckets.Counts, reader.ReadVarint()); break;
                case (2, 2):
                    var packed = new ProtobufReader(reader.ReadBytes());
                    while (!packed.IsAtEnd) AddFixed(buckets.Counts, packed.ReadVarint());
                    break;
                default: reader.Skip(); break;
            }
        }
    }

    private (double Quantile, double Value) Quantile(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        (double quantile, double value) = (0, 0);
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 1) quantile = reader.ReadDouble();
            else if (reader.Field == 2 && reader.WireType == 1) value = reader.ReadDouble();
            else reader.Skip();
        }
        return (quantile, value);
    }

    private OtlpExemplar Exemplar(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        var exemplar = new OtlpExemplar();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (2, 1): exemplar.TimeNanos = Fixed(ref reader); break;
                case (3, 1): exemplar.Value = reader.ReadDouble(); break;
                case (4, 2): exemplar.SpanId = Convert.ToHexStringLower(reader.ReadBytes()); break;
                case (5, 2): exemplar.TraceId = Convert.ToHexStringLower(reader.ReadBytes()); break;
                case (6, 1): exemplar.Value = (long)Fixed(ref reader); break;
                case (7, 2): exemplar.Attributes.Add(Attribute(reader.ReadBytes())); break;
                default: reader.Skip(); break;
            }
        }
        return exemplar;
    }

    private void AddFixed<T>(List<T> list, T value)
    {
        _budget.Take();
        list.Add(value);
    }

    private static ulong Fixed(ref ProtobufReader reader) => BitConverter.DoubleToUInt64Bits(reader.ReadDouble());

    private static ulong[] Packed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % 8 != 0) throw new IngestFormatException("malformed protobuf: packed values of a wrong length");
        ulong[] values = new ulong[bytes.Length / 8];
        for (int i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        return values;
    }
}
