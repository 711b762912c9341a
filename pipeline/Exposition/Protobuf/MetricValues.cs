using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// The values of one metric message (io.prometheus.client.Metric): numbers here, lists in the scratch. Ranges point into the metric message. As in Prometheus, a
/// field that is missing is zero, and a float count above zero stands over the integer one.
/// </summary>
internal struct MetricValues
{
    public double Value;
    public double Count;
    public double CountFloat;
    public double Sum;
    public int Schema;
    public double ZeroThreshold;
    public double ZeroCount;
    public double ZeroCountFloat;
    public long StartMs;
    public long TimestampMs;
    public Range Exemplar;

    /// <summary>Observations, whichever field counts them.</summary>
    public readonly double AnyCount => CountFloat == 0 ? Count : CountFloat;

    public readonly bool IsFloat => CountFloat > 0 || ZeroCountFloat > 0;

    /// <summary>Reads the message.</summary>
    public static MetricValues Read(ReadOnlySpan<byte> metric, MetricType type, ProtobufScratch scratch)
    {
        scratch.ClearMetric();
        var values = new MetricValues();
        var reader = new ProtobufReader(metric);
        while (reader.MoveNext())
        {
            if (reader.WireType == 0 && reader.Field == 6) values.TimestampMs = (long)reader.ReadVarint();
            else if (reader.WireType != 2) reader.Skip();
            else
            {
                int start = reader.FieldStart;
                var inner = reader.ReadBytes();
                int at = reader.Position - inner.Length;
                switch (reader.Field)
                {
                    case 1: scratch.Labels.Add(start..reader.Position); break;
                    case 2 when type == MetricType.Gauge: case 5 when type == MetricType.Unknown: values.ReadSimple(inner, at); break;
                    case 3 when type == MetricType.Counter: values.ReadSimple(inner, at); break;
                    case 4 when type == MetricType.Summary: values.ReadSummary(inner, scratch); break;
                    case 7 when type is MetricType.Histogram or MetricType.GaugeHistogram: values.ReadHistogram(inner, at, scratch); break;
                }
            }
        }
        return values;
    }

    // Gauge and Untyped have the value only, Counter has exemplar and start besides.
    private void ReadSimple(ReadOnlySpan<byte> message, int offset)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 1): Value = reader.ReadDouble(); break;
                case (2, 2): Exemplar = RangeOf(ref reader, offset); break;
                case (3, 2): StartMs = Milliseconds(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
    }

    private void ReadSummary(ReadOnlySpan<byte> message, ProtobufScratch scratch)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): Count = reader.ReadVarint(); break;
                case (2, 1): Sum = reader.ReadDouble(); break;
                case (3, 2): scratch.Quantiles.Add(ReadQuantile(reader.ReadBytes())); break;
                case (4, 2): StartMs = Milliseconds(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
    }

    private static (double, double) ReadQuantile(ReadOnlySpan<byte> message)
    {
        double quantile = 0, value = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 1) quantile = reader.ReadDouble();
            else if (reader.Field == 2 && reader.WireType == 1) value = reader.ReadDouble();
            else reader.Skip();
        }
        return (quantile, value);
    }

    private void ReadHistogram(ReadOnlySpan<byte> message, int offset, ProtobufScratch scratch)
    {
        long positive = 0, negative = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): Count = reader.ReadVarint(); break;
                case (2, 1): Sum = reader.ReadDouble(); break;
                case (3, 2): ReadBucket(ref reader, offset, scratch); break;
                case (4, 1): CountFloat = reader.ReadDouble(); break;
                case (5, 0): Schema = (int)ProtobufReader.ZigZag(reader.ReadVarint()); break;
                case (6, 1): ZeroThreshold = reader.ReadDouble(); break;
                case (7, 0): ZeroCount = reader.ReadVarint(); break;
                case (8, 1): ZeroCountFloat = reader.ReadDouble(); break;
                case (9, 2): scratch.NegativeSpans.Add(BucketFields.ReadSpan(reader.ReadBytes())); break;
                case (10, 0 or 2): BucketFields.ReadDeltas(ref reader, scratch.NegativeLevels, ref negative); break;
                case (11, 1 or 2): BucketFields.ReadDoubles(ref reader, scratch.NegativeCounts); break;
                case (12, 2): scratch.PositiveSpans.Add(BucketFields.ReadSpan(reader.ReadBytes())); break;
                case (13, 0 or 2): BucketFields.ReadDeltas(ref reader, scratch.PositiveLevels, ref positive); break;
                case (14, 1 or 2): BucketFields.ReadDoubles(ref reader, scratch.PositiveCounts); break;
                case (15, 2): StartMs = Milliseconds(reader.ReadBytes()); break;
                case (16, 2): scratch.Exemplars.Add(RangeOf(ref reader, offset)); break;
                default: reader.Skip(); break;
            }
        }
    }

    private static void ReadBucket(ref ProtobufReader outer, int offset, ProtobufScratch scratch)
    {
        var message = outer.ReadBytes();
        int at = offset + outer.Position - message.Length;
        double count = 0, countFloat = 0, bound = 0;
        Range exemplar = default;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): count = reader.ReadVarint(); break;
                case (2, 1): bound = reader.ReadDouble(); break;
                case (3, 2): exemplar = RangeOf(ref reader, at); break;
                case (4, 1): countFloat = reader.ReadDouble(); break;
                default: reader.Skip(); break;
            }
        }
        scratch.Buckets.Add((bound, countFloat == 0 ? count : countFloat, exemplar));
    }

    private static Range RangeOf(ref ProtobufReader reader, int offset)
    {
        int length = reader.ReadBytes().Length;
        return (offset + reader.Position - length)..(offset + reader.Position);
    }

    /// <summary>A google.protobuf.Timestamp in milliseconds.</summary>
    public static long Milliseconds(ReadOnlySpan<byte> message)
    {
        long seconds = 0, nanos = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 0) seconds = (long)reader.ReadVarint();
            else if (reader.Field == 2 && reader.WireType == 0) nanos = (long)reader.ReadVarint();
            else reader.Skip();
        }
        return unchecked(seconds * 1000 + nanos / 1_000_000);
    }
}
