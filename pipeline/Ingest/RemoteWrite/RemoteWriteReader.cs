using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Reads a <c>prometheus.WriteRequest</c> (remote write 1.0: prompb/remote.proto, types.proto) in place: per series the raw bytes of its label messages,
/// which are the key of its route, and the bytes behind them with its samples. Hot path: nothing is allocated.
/// </summary>
internal ref struct RemoteWriteReader
{
    private const int TimeSeriesField = 1, MetadataField = 3, LabelsField = 1, SamplesField = 2, ExemplarsField = 3, HistogramsField = 4;

    // Tags of one byte: field number, wire type.
    private const byte LabelsTag = 1 << 3 | 2, SamplesTag = 2 << 3 | 2, ValueTag = 1 << 3 | 1, TimestampTag = 2 << 3;

    private ProtobufReader _request;

    public RemoteWriteReader(ReadOnlySpan<byte> request) => _request = new ProtobufReader(request);

    /// <summary>The label messages of the current series as they stand in the request, tags included.</summary>
    public ReadOnlySpan<byte> RawLabels { get; private set; }

    /// <summary>What follows the labels in the current series.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Moves to the next series; false at the end. Messages about families that stand before it are given to <paramref name="metadata"/>.</summary>
    /// <exception cref="IngestFormatException">The message is broken.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext(SourceMetadata metadata)
    {
        while (_request.MoveNext())
        {
            if (_request.Field == MetadataField && _request.WireType == 2)
            {
                TakeMetadata(_request.ReadBytes(), metadata);
                continue;
            }
            if (_request.Field != TimeSeriesField || _request.WireType != 2)
            {
                _request.Skip();
                continue;
            }
            Split(_request.ReadBytes());
            return true;
        }
        return false;
    }

    /// <summary>Decodes the current series' labels; names doubled, empty or not UTF-8 give an error text.</summary>
    public readonly string? DecodeLabels(LabelsBuilder labels)
    {
        labels.Clear();
        var reader = new ProtobufReader(RawLabels);
        ReadOnlySpan<byte> last = default;
        while (reader.MoveNext())
        {
            ReadLabel(reader.ReadBytes(), out var name, out var value);
            if (SentLabels.Add(labels, last, name, value) is { } problem) return problem;
            last = name;
        }
        return SentLabels.Problem(labels);
    }

    private static void TakeMetadata(ReadOnlySpan<byte> message, SourceMetadata metadata)
    {
        ReadOnlySpan<byte> family = default, help = default, unit = default;
        int type = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 0): type = (int)Math.Min(reader.ReadVarint(), int.MaxValue); break;
                case (2, 2): family = reader.ReadBytes(); break;
                case (4, 2): help = reader.ReadBytes(); break;
                case (5, 2): unit = reader.ReadBytes(); break;
                default: reader.Skip(); break;
            }
        }
        metadata.Take(family, RemoteWriteTypes.Of(type), help, unit);
    }

    /// <summary>An exemplar of remote write 1.0: labels, value, time. A label that is not UTF-8 gives null.</summary>
    public static Exemplar? ReadExemplar(ReadOnlySpan<byte> message, LabelsBuilder labels)
    {
        labels.Clear();
        double value = 0;
        long timestampMs = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): if (!AddLabel(reader.ReadBytes(), labels)) return null; break;
                case (2, 1): value = reader.ReadDouble(); break;
                case (3, 0): timestampMs = (long)reader.ReadVarint(); break;
                default: reader.Skip(); break;
            }
        }
        return new Exemplar(labels.Build(), value, timestampMs);
    }

    private static bool AddLabel(ReadOnlySpan<byte> message, LabelsBuilder labels)
    {
        ReadLabel(message, out var name, out var value);
        if (SentLabels.Problem(name, value) is not null) return false;
        labels.Set(name, value);
        return true;
    }

    private static void ReadLabel(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var label = new ProtobufReader(message);
        while (label.MoveNext())
        {
            if (label.Field == 1 && label.WireType == 2) name = label.ReadBytes();
            else if (label.Field == 2 && label.WireType == 2) value = label.ReadBytes();
            else label.Skip();
        }
    }

    /// <summary>
    /// The series' only sample, when there is nothing else and it is written as all senders write it: value, then time. Else false, and <see cref="Samples"/> is for it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly bool TryOnlySample(out long timestampMs, out double value)
    {
        // Tag and length of the sample, tag of the value, its eight bytes, tag of the time.
        const int before = 12, mostTimeBytes = 9;
        (timestampMs, value) = (0, 0);
        var rest = Rest;
        if (rest.Length is <= before or > before + mostTimeBytes || rest[0] != SamplesTag || rest[1] != rest.Length - 2) return false;
        if (rest[2] != ValueTag || rest[11] != TimestampTag || rest[^1] >= 0x80) return false;
        value = BinaryPrimitives.ReadDoubleLittleEndian(rest[3..]);
        ulong time = 0;
        for (int at = before, shift = 0; at < rest.Length; at++, shift += 7)
        {
            if (rest[at] < 0x80 && at < rest.Length - 1) return false;
            time |= (ulong)(rest[at] & 0x7f) << shift;
        }
        timestampMs = (long)time;
        return true;
    }

    /// <summary>Walks the current series' samples.</summary>
    public readonly SampleReader Samples() => new(Rest);

    // Nearly all labels are short: one byte of tag, one of length.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Split(ReadOnlySpan<byte> series)
    {
        int end = 0;
        while (end + 1 < series.Length && series[end] == LabelsTag)
        {
            int next = end + 2 + series[end + 1];
            if (series[end + 1] >= 0x80 || next > series.Length) break;
            end = next;
        }
        if (end < series.Length && series[end] is LabelsTag or >= 0x80) end = EndOfLabels(series, end);
        RawLabels = series[..end];
        Rest = series[end..];
    }

    private static int EndOfLabels(ReadOnlySpan<byte> series, int end)
    {
        var reader = new ProtobufReader(series[end..]);
        int start = end;
        while (reader.MoveNext())
        {
            if (reader.Field != LabelsField || reader.WireType != 2) break;
            _ = reader.ReadBytes();
            end = start + reader.Position;
        }
        return end;
    }

    /// <summary>Samples, histograms and exemplars of one series, in the order sent.</summary>
    public ref struct SampleReader(ReadOnlySpan<byte> rest)
    {
        private ProtobufReader _reader = new(rest);

        public long TimestampMs { get; private set; } = 0;

        public double Value { get; private set; } = 0;

        /// <summary>What stands here.</summary>
        public RemoteWriteItem Item { get; private set; } = RemoteWriteItem.Sample;

        /// <summary>The message of a histogram or an exemplar.</summary>
        public ReadOnlySpan<byte> Message { get; private set; } = default;

        public bool MoveNext()
        {
            while (_reader.MoveNext())
            {
                if (_reader.Field == SamplesField && _reader.WireType == 2)
                {
                    Item = RemoteWriteItem.Sample;
                    ReadSample(_reader.ReadBytes());
                    return true;
                }
                if (_reader.Field == LabelsField) throw new IngestFormatException("a label stands behind the samples of its series");
                if (_reader.Field is HistogramsField or ExemplarsField && _reader.WireType == 2)
                {
                    Item = _reader.Field == HistogramsField ? RemoteWriteItem.Histogram : RemoteWriteItem.Exemplar;
                    Message = _reader.ReadBytes();
                    return true;
                }
                _reader.Skip();
            }
            return false;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void ReadSample(ReadOnlySpan<byte> message)
        {
            (TimestampMs, Value) = (0, 0);
            int at = 0;
            if (message.Length >= 9 && message[0] == ValueTag)
            {
                Value = BinaryPrimitives.ReadDoubleLittleEndian(message[1..]);
                at = 9;
            }
            if (at < message.Length && message[at] == TimestampTag) at = ReadTimestamp(message, at);
            if (at < message.Length) ReadOddSample(message[at..]);
        }

        // What does not end well is left to the careful reader.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int ReadTimestamp(ReadOnlySpan<byte> message, int tag)
        {
            ulong value = 0;
            for (int at = tag + 1, shift = 0; at < message.Length && shift < 64; at++, shift += 7)
            {
                value |= (ulong)(message[at] & 0x7f) << shift;
                if (message[at] >= 0x80) continue;
                TimestampMs = (long)value;
                return at + 1;
            }
            return tag;
        }

        // Any order, any other field: as the format allows and nobody sends.
        private void ReadOddSample(ReadOnlySpan<byte> message)
        {
            var reader = new ProtobufReader(message);
            while (reader.MoveNext())
            {
                if (reader.Field == 1 && reader.WireType == 1) Value = reader.ReadDouble();
                else if (reader.Field == 2 && reader.WireType == 0) TimestampMs = (long)reader.ReadVarint();
                else reader.Skip();
            }
        }
    }
}
