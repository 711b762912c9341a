using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Wal;

/// <summary>Builds one record in a buffer that is used again. Hot path: adding a sample allocates nothing.</summary>
internal sealed class RecordBuffer
{
    private const int MaxSampleBytes = 2 * Varint.MaxBytes + sizeof(ulong);

    private byte[] _buffer = new byte[4096];
    private int _length;
    // In records with start times the reference before.
    private ulong _firstRef;
    private long _firstTime, _firstStart, _lastStart;
    private bool _empty;

    public ReadOnlySpan<byte> Record => _buffer.AsSpan(0, _length);

    /// <summary>True before the first entry.</summary>
    public bool IsEmpty => _length <= 1;

    public void BeginSamples(int most)
    {
        Begin(RecordType.Samples);
        Reserve(2 * sizeof(ulong) + most * MaxSampleBytes);
        _empty = true;
    }

    /// <summary>Room was reserved at the beginning. The first sample is the base of the others' differences.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddSample(ulong reference, long timestampMs, ulong bits)
    {
        var buffer = _buffer.AsSpan();
        int at = _length;
        if (_empty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(buffer[at..], reference);
            BinaryPrimitives.WriteInt64BigEndian(buffer[(at + 8)..], timestampMs);
            at += 16;
            (_firstRef, _firstTime, _empty) = (reference, timestampMs, false);
        }
        at += Varint.WriteSigned(buffer[at..], (long)(reference - _firstRef));
        at += Varint.WriteSigned(buffer[at..], timestampMs - _firstTime);
        BinaryPrimitives.WriteUInt64BigEndian(buffer[at..], bits);
        _length = at + 8;
    }

    public void BeginHistograms(RecordType type)
    {
        Begin(type);
        _empty = true;
    }

    public void AddHistogram(ulong reference, long timestampMs, NativeHistogram histogram)
    {
        Reserve(2 * sizeof(ulong) + 2 * Varint.MaxBytes + HistogramCodec.MaxBytes(histogram));
        AddTime(reference, timestampMs);
        _length += HistogramCodec.Write(_buffer.AsSpan(_length), histogram);
    }

    /// <summary>Begins a record of samples or histograms with start times; its entries are added with one each.</summary>
    public void BeginWithStarts(RecordType type)
    {
        Begin(type);
        _empty = true;
    }

    public void AddSample(ulong reference, long timestampMs, long startMs, ulong bits)
    {
        Reserve(5 * Varint.MaxBytes);
        AddTime(reference, timestampMs, startMs);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), bits);
        _length += sizeof(ulong);
    }

    public void AddHistogram(ulong reference, long timestampMs, long startMs, NativeHistogram histogram)
    {
        Reserve(4 * Varint.MaxBytes + HistogramCodec.MaxBytes(histogram));
        AddTime(reference, timestampMs, startMs);
        _length += HistogramCodec.Write(_buffer.AsSpan(_length), histogram);
    }

    // References differ from the one before, times and starts from the first.
    private void AddTime(ulong reference, long timestampMs, long startMs)
    {
        if (_empty) (_firstRef, _firstTime, _firstStart) = (0, 0, 0);
        AddSigned((long)(reference - _firstRef));
        AddSigned(timestampMs - _firstTime);
        if (_empty) AddSigned(startMs);
        else AddStart(startMs);
        if (_empty) (_firstTime, _firstStart, _empty) = (timestampMs, startMs, false);
        (_firstRef, _lastStart) = (reference, startMs);
    }

    private void AddStart(long startMs)
    {
        var marker = startMs == 0 ? StartMarker.Unknown : startMs == _lastStart ? StartMarker.AsBefore : StartMarker.Distance;
        _buffer[_length++] = (byte)marker;
        if (marker == StartMarker.Distance) AddSigned(startMs - _firstStart);
    }

    private void AddSigned(long value) => _length += Varint.WriteSigned(_buffer.AsSpan(_length), value);

    // The first entry is the base of the others' differences.
    private void AddTime(ulong reference, long timestampMs)
    {
        if (_empty)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), reference);
            BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length + 8), timestampMs);
            _length += 16;
            (_firstRef, _firstTime, _empty) = (reference, timestampMs, false);
        }
        _length += Varint.WriteSigned(_buffer.AsSpan(_length), (long)(reference - _firstRef));
        _length += Varint.WriteSigned(_buffer.AsSpan(_length), timestampMs - _firstTime);
    }

    public void BeginExemplars()
    {
        Begin(RecordType.Exemplars);
        _empty = true;
    }

    public void AddExemplar(ulong reference, Exemplar exemplar)
    {
        var labels = exemplar.Labels.Encoded;
        Reserve(3 * sizeof(ulong) + 3 * Varint.MaxBytes + labels.Length * 4);
        AddTime(reference, exemplar.TimestampMs);
        BinaryPrimitives.WriteDoubleBigEndian(_buffer.AsSpan(_length), exemplar.Value);
        _length += sizeof(double);
        AddLabels(labels);
    }

    public void BeginMetadata() => Begin(RecordType.Metadata);

    public void AddMetadata(ulong reference, SeriesMetadata metadata)
    {
        const int fields = 2;
        var utf8 = System.Text.Encoding.UTF8;
        Reserve(8 * Varint.MaxBytes + utf8.GetMaxByteCount(metadata.Unit.Length + metadata.Help.Length));
        _length += Varint.Write(_buffer.AsSpan(_length), reference);
        _buffer[_length++] = MetricTypes.NumberOf(metadata.Type);
        _length += Varint.Write(_buffer.AsSpan(_length), fields);
        AddText("UNIT"u8);
        AddText(utf8.GetBytes(metadata.Unit));
        AddText("HELP"u8);
        AddText(utf8.GetBytes(metadata.Help));
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        _length += Varint.Write(_buffer.AsSpan(_length), (ulong)text.Length);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    public void BeginSeries() => Begin(RecordType.Series);

    public void AddSeries(ulong reference, ReadOnlySpan<byte> encodedLabels)
    {
        // Each string's length takes at most four bytes here and at least one there.
        Reserve(sizeof(ulong) + Varint.MaxBytes + encodedLabels.Length * 4);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), reference);
        _length += 8;
        AddLabels(encodedLabels);
    }

    private void AddLabels(ReadOnlySpan<byte> encodedLabels)
    {
        int strings = 0;
        for (var rest = encodedLabels; !rest.IsEmpty; strings++) LabelsEncoding.Read(ref rest);
        _length += Varint.Write(_buffer.AsSpan(_length), (ulong)strings / 2);
        for (var rest = encodedLabels; !rest.IsEmpty;)
        {
            var text = LabelsEncoding.Read(ref rest);
            _length += Varint.Write(_buffer.AsSpan(_length), (ulong)text.Length);
            text.CopyTo(_buffer.AsSpan(_length));
            _length += text.Length;
        }
    }

    public void BeginTombstones() => Begin(RecordType.Tombstones);

    public void AddTombstone(ulong reference, long minMs, long maxMs)
    {
        Reserve(sizeof(ulong) + 2 * Varint.MaxBytes);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), reference);
        _length += 8;
        _length += Varint.WriteSigned(_buffer.AsSpan(_length), minMs);
        _length += Varint.WriteSigned(_buffer.AsSpan(_length), maxMs);
    }

    public void BeginMarkers() => Begin(RecordType.MmapMarkers);

    /// <summary>A late chunk of a series is in a head chunk file.</summary>
    public void AddMarker(ulong reference, ulong chunk)
    {
        Reserve(2 * sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length), reference);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer.AsSpan(_length + sizeof(ulong)), chunk);
        _length += 2 * sizeof(ulong);
    }

    private void Begin(RecordType type)
    {
        _buffer[0] = (byte)type;
        _length = 1;
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
    }
}
