using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Reads a <c>prometheus.WriteRequest</c> (remote write 1.0: prompb/remote.proto, types.proto) in place: per series the raw bytes of its label messages,
/// which are the key of its route, and the bytes behind them with its samples. Hot path: nothing is allocated.
/// </summary>
internal ref struct RemoteWriteReader
{
    private const int TimeSeriesField = 1, LabelsField = 1, SamplesField = 2, HistogramsField = 4;

    // Tags of one byte: field number, wire type.
    private const byte LabelsTag = 1 << 3 | 2, ValueTag = 1 << 3 | 1, TimestampTag = 2 << 3;

    private ProtobufReader _request;

    public RemoteWriteReader(ReadOnlySpan<byte> request) => _request = new ProtobufReader(request);

    /// <summary>The label messages of the current series as they stand in the request, tags included.</summary>
    public ReadOnlySpan<byte> RawLabels { get; private set; }

    /// <summary>What follows the labels in the current series.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="IngestFormatException">The message is broken.</exception>
    public bool MoveNext()
    {
        while (_request.MoveNext())
        {
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

    /// <summary>Decodes the current series' labels; names out of order, doubled, empty or not UTF-8 give an error text.</summary>
    public readonly string? DecodeLabels(LabelsBuilder labels)
    {
        labels.Clear();
        var reader = new ProtobufReader(RawLabels);
        ReadOnlySpan<byte> last = default;
        while (reader.MoveNext())
        {
            ReadOnlySpan<byte> name = default, value = default;
            var label = new ProtobufReader(reader.ReadBytes());
            while (label.MoveNext())
            {
                if (label.Field == 1 && label.WireType == 2) name = label.ReadBytes();
                else if (label.Field == 2 && label.WireType == 2) value = label.ReadBytes();
                else label.Skip();
            }
            if (!LabelNames.IsUtf8(name)) return $"invalid label name {Quote(name)}";
            if (!System.Text.Unicode.Utf8.IsValid(value)) return $"label {Quote(name)} has a value that is not UTF-8";
            int order = last.SequenceCompareTo(name);
            if (!last.IsEmpty && order == 0) return $"duplicate label {Quote(name)}";
            if (!last.IsEmpty && order > 0) return $"labels are not sorted: {Quote(name)} after {Quote(last)}";
            last = name;
            labels.Set(name, value);
        }
        return labels.ValueOf(Labels.MetricName).IsEmpty ? "series without a metric name" : null;
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

    private static string Quote(ReadOnlySpan<byte> name) => $"\"{System.Text.Encoding.UTF8.GetString(name)}\"";

    /// <summary>Samples of one series; exemplars are passed over, histograms counted.</summary>
    public ref struct SampleReader(ReadOnlySpan<byte> rest)
    {
        private ProtobufReader _reader = new(rest);

        public long TimestampMs { get; private set; } = 0;

        public double Value { get; private set; } = 0;

        public int Histograms { get; private set; } = 0;

        public bool MoveNext()
        {
            while (_reader.MoveNext())
            {
                if (_reader.Field == LabelsField) throw new IngestFormatException("a label stands behind the samples of its series");
                if (_reader.Field == HistogramsField) Histograms++;
                if (_reader.Field != SamplesField || _reader.WireType != 2)
                {
                    _reader.Skip();
                    continue;
                }
                ReadSample(_reader.ReadBytes());
                return true;
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
