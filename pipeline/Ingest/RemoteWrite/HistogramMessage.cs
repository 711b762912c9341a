using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// The histogram message of remote write (prompb/types.proto and io/prometheus/write/v2/types.proto, whose fields have the same numbers; 2.0 adds the start
/// timestamp). Integer buckets come as deltas. The result has passed <see cref="NativeHistogram.Validate"/> or comes with its problem.
/// </summary>
internal static class HistogramMessage
{
    // More buckets than any client makes; bounds what a packed field may allocate beyond the request itself.
    private const int MaxBuckets = 1 << 17;

    public static NativeHistogram Read(ReadOnlySpan<byte> message, out long timestampMs, out long startMs, out string? problem)
    {
        var fields = new Fields();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext()) fields.Take(ref reader);
        (timestampMs, startMs) = (fields.TimestampMs, fields.StartMs);
        var histogram = fields.Build();
        problem = fields.SpanProblem();
        if (problem is null && histogram.Schema is > NativeHistogram.MaxSchema and <= BucketFields.MaxReservedSchema) histogram = histogram.AtSchema(NativeHistogram.MaxSchema);
        problem ??= histogram.Validate();
        return histogram;
    }

    private sealed class Fields
    {
        private readonly List<HistogramSpan> _negativeSpans = [], _positiveSpans = [];
        private readonly List<double> _negative = [], _positive = [], _bounds = [];
        private double _count, _sum, _zeroThreshold, _zeroCount;
        private long _negativeLevel, _positiveLevel;
        private int _schema;
        private CounterResetHint _hint;
        private bool _isFloat;

        public long TimestampMs { get; private set; }

        public long StartMs { get; private set; }

        public void Take(ref ProtobufReader reader)
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): _count = reader.ReadVarint(); break;
                case (2, 1): (_count, _isFloat) = (reader.ReadDouble(), true); break;
                case (3, 1): _sum = reader.ReadDouble(); break;
                case (4, 0): _schema = (int)ProtobufReader.ZigZag(reader.ReadVarint()); break;
                case (5, 1): _zeroThreshold = reader.ReadDouble(); break;
                case (6, 0): _zeroCount = reader.ReadVarint(); break;
                case (7, 1): (_zeroCount, _isFloat) = (reader.ReadDouble(), true); break;
                case (8, 2): _negativeSpans.Add(BucketFields.ReadSpan(reader.ReadBytes())); break;
                case (9, _): BucketFields.ReadDeltas(ref reader, _negative, ref _negativeLevel, MaxBuckets); break;
                case (10, _): BucketFields.ReadDoubles(ref reader, _negative, MaxBuckets); break;
                case (11, 2): _positiveSpans.Add(BucketFields.ReadSpan(reader.ReadBytes())); break;
                case (12, _): BucketFields.ReadDeltas(ref reader, _positive, ref _positiveLevel, MaxBuckets); break;
                case (13, _): BucketFields.ReadDoubles(ref reader, _positive, MaxBuckets); break;
                case (14, 0): _hint = reader.ReadVarint() is <= 3 and var hint ? (CounterResetHint)hint : CounterResetHint.Unknown; break;
                case (15, 0): TimestampMs = (long)reader.ReadVarint(); break;
                case (16, _): BucketFields.ReadDoubles(ref reader, _bounds, MaxBuckets); break;
                case (17, 0): StartMs = (long)reader.ReadVarint(); break;
                default: reader.Skip(); break;
            }
        }

        public string? SpanProblem() => BucketFields.Problem("positive", _positiveSpans, _positive.Count) ?? BucketFields.Problem("negative", _negativeSpans, _negative.Count);

        public NativeHistogram Build() => new()
        {
            Schema = _schema,
            ZeroThreshold = _zeroThreshold,
            ZeroCount = _zeroCount,
            Count = _count,
            Sum = _sum,
            ResetHint = _hint,
            IsInteger = !_isFloat,
            PositiveSpanArray = [.. _positiveSpans],
            NegativeSpanArray = [.. _negativeSpans],
            PositiveBucketArray = [.. _positive],
            NegativeBucketArray = [.. _negative],
            CustomBoundArray = [.. _bounds],
        };
    }
}
