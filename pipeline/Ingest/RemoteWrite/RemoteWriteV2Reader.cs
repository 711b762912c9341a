using System.Buffers;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Reads an <c>io.prometheus.write.v2.Request</c> (remote write 2.0) in place. Strings stand once in a symbol table; a series names them by number, so its key is
/// taken from their bytes, written one after the other into a buffer. Hot path: nothing is allocated for a series that is known.
/// </summary>
internal ref struct RemoteWriteV2Reader : IDisposable
{
    // Symbols are named again and again, so labels can be far longer than the request: a series' labels, those of all series, those of an exemplar (OpenMetrics allows 128 characters).
    private const int MaxSeriesBytes = 1 << 20, MaxExemplarBytes = 1 << 12;
    private const long MaxRequestBytes = 16L * RemoteWriteReceiver.MaxDecodedBytes;

    private const int SymbolsField = 4, TimeSeriesField = 5, LabelsField = 1, SamplesField = 2, HistogramsField = 3, ExemplarsField = 4, MetadataField = 5;

    private readonly ReadOnlySpan<byte> _request;
    private ProtobufReader _reader;
    private (int At, int Length)[] _symbols;
    private int _symbolCount;
    private byte[] _key;
    private int _keyLength, _labelsLength;
    private long _allLabels;
    private ReadOnlySpan<byte> _series;

    // With the feature type-and-unit-labels: what the series says of its family is part of its labels.
    private readonly bool _typeAndUnit;
    private MetricType _type;
    private ReadOnlySpan<byte> _unit;

    public RemoteWriteV2Reader(ReadOnlySpan<byte> request, bool typeAndUnit)
    {
        _request = request;
        _typeAndUnit = typeAndUnit;
        _reader = new ProtobufReader(request);
        _symbols = ArrayPool<(int, int)>.Shared.Rent(256);
        _key = ArrayPool<byte>.Shared.Rent(512);
        ReadSymbols();
    }

    /// <summary>What tells the series: its labels, the same whatever the request's table is. Wrong references leave it empty.</summary>
    public readonly ReadOnlySpan<byte> Key => _key.AsSpan(0, _keyLength);

    // Name, value, name, value, each behind its length.
    private readonly ReadOnlySpan<byte> RawLabels => _key.AsSpan(0, _labelsLength);

    /// <summary>The current series' metric name as sent, empty without one.</summary>
    public readonly ReadOnlySpan<byte> MetricName
    {
        get
        {
            var raw = RawLabels;
            while (!raw.IsEmpty)
            {
                var name = Take(ref raw);
                var value = Take(ref raw);
                if (name.SequenceEqual("__name__"u8)) return value;
            }
            return default;
        }
    }

    /// <summary>What is wrong with the current series as such, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="IngestFormatException">The message is broken.</exception>
    public bool MoveNext()
    {
        while (_reader.MoveNext())
        {
            if (_reader.Field != TimeSeriesField || _reader.WireType != 2)
            {
                _reader.Skip();
                continue;
            }
            _series = _reader.ReadBytes();
            Problem = null;
            ReadLabels();
            _labelsLength = _keyLength;
            if (_typeAndUnit && Problem is null) ReadTypeAndUnit();
            return true;
        }
        return false;
    }

    /// <summary>Builds the current series' labels; null, or what is wrong with them.</summary>
    public readonly string? DecodeLabels(LabelsBuilder labels)
    {
        labels.Clear();
        ReadOnlySpan<byte> last = default, raw = RawLabels;
        while (!raw.IsEmpty)
        {
            var name = Take(ref raw);
            var value = Take(ref raw);
            if (SentLabels.Add(labels, last, name, value) is { } problem) return problem;
            last = name;
        }
        if (_typeAndUnit && (_type != MetricType.Unknown || !_unit.IsEmpty)) TypeAndUnitLabels.Set(labels.Remove("__type__"u8), _type, _unit);
        return SentLabels.Problem(labels);
    }

    /// <summary>Walks the current series' samples, histograms, exemplars and its metadata.</summary>
    public readonly ItemReader Items() => new(_series);

    /// <summary>A string of the request; false for a reference outside its table.</summary>
    public readonly bool TrySymbol(ulong reference, out ReadOnlySpan<byte> text)
    {
        bool isThere = reference < (ulong)_symbolCount;
        text = isThere ? _request.Slice(_symbols[reference].At, _symbols[reference].Length) : default;
        return isThere;
    }

    /// <summary>Reads a message about the current series' family; false for references outside the table.</summary>
    public readonly bool TryMetadata(ReadOnlySpan<byte> message, out MetricType type, out ReadOnlySpan<byte> help, out ReadOnlySpan<byte> unit)
    {
        int number = 0;
        bool isRight = true;
        help = unit = default;
        var fields = new ProtobufReader(message);
        while (fields.MoveNext())
        {
            switch (fields.Field, fields.WireType)
            {
                case (1, 0): number = (int)Math.Min(fields.ReadVarint(), int.MaxValue); break;
                case (3, 0): isRight &= TrySymbol(fields.ReadVarint(), out help); break;
                case (4, 0): isRight &= TrySymbol(fields.ReadVarint(), out unit); break;
                default: fields.Skip(); break;
            }
        }
        type = RemoteWriteTypes.Of(number);
        return isRight;
    }

    /// <summary>Decodes an exemplar; null when a label of it is wrong.</summary>
    public readonly Exemplar? ReadExemplar(ReadOnlySpan<byte> message, LabelsBuilder labels)
    {
        labels.Clear();
        double value = 0;
        long timestampMs = 0;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): if (!AddLabels(reader.ReadBytes(), labels)) return null; break;
                case (2, 1): value = reader.ReadDouble(); break;
                case (3, 0): timestampMs = (long)reader.ReadVarint(); break;
                default: reader.Skip(); break;
            }
        }
        return new Exemplar(labels.Build(), value, timestampMs);
    }

    public void Dispose()
    {
        ArrayPool<(int, int)>.Shared.Return(_symbols);
        ArrayPool<byte>.Shared.Return(_key);
        (_symbols, _key) = ([], []);
    }

    private readonly bool AddLabels(ReadOnlySpan<byte> packed, LabelsBuilder labels)
    {
        long bytes = 0;
        var references = new ProtobufReader(packed);
        while (!references.IsAtEnd)
        {
            bool isRight = TrySymbol(references.ReadVarint(), out var name);
            if (references.IsAtEnd) return false;
            isRight &= TrySymbol(references.ReadVarint(), out var value);
            bytes += name.Length + value.Length;
            if (!isRight || bytes > MaxExemplarBytes || SentLabels.Problem(name, value) is not null) return false;
            labels.Set(name, value);
        }
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> raw)
    {
        int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(raw);
        var text = raw.Slice(4, length);
        raw = raw[(4 + length)..];
        return text;
    }

    // Symbols may stand behind series by the rules of protobuf: all are read first.
    private void ReadSymbols()
    {
        var reader = new ProtobufReader(_request);
        while (reader.MoveNext())
        {
            if (reader.Field != SymbolsField || reader.WireType != 2)
            {
                reader.Skip();
                continue;
            }
            int length = reader.ReadBytes().Length;
            if (_symbolCount == _symbols.Length) GrowSymbols();
            _symbols[_symbolCount++] = (reader.Position - length, length);
        }
    }

    private void GrowSymbols()
    {
        var larger = ArrayPool<(int, int)>.Shared.Rent(_symbols.Length * 2);
        _symbols.AsSpan(0, _symbolCount).CopyTo(larger);
        ArrayPool<(int, int)>.Shared.Return(_symbols);
        _symbols = larger;
    }

    private void ReadLabels()
    {
        _keyLength = 0;
        var reader = new ProtobufReader(_series);
        int references = 0;
        while (reader.MoveNext())
        {
            if (reader.Field != LabelsField)
            {
                reader.Skip();
                continue;
            }
            if (reader.WireType == 0)
            {
                AppendSymbol(reader.ReadVarint());
                references++;
                continue;
            }
            if (reader.WireType != 2) throw new IngestFormatException("malformed protobuf: label references of a wrong wire type");
            var packed = new ProtobufReader(reader.ReadBytes());
            for (; !packed.IsAtEnd; references++) AppendSymbol(packed.ReadVarint());
        }
        if (references % 2 != 0) Problem ??= $"a series has {references} label references, an odd number";
        if (Problem is not null) _keyLength = 0;
    }

    private void AppendSymbol(ulong reference)
    {
        if (!TrySymbol(reference, out var text)) Problem ??= $"symbol {reference} is not in the table of {_symbolCount} symbols";
        else if (text.Length > MaxSeriesBytes - _keyLength) Problem ??= $"the labels of a series have more than {MaxSeriesBytes} bytes";
        else if ((_allLabels += text.Length) > MaxRequestBytes) throw new IngestFormatException($"the labels of all series have more than {MaxRequestBytes} bytes");
        else AppendToKey(text);
    }

    private void ReadTypeAndUnit()
    {
        _type = MetricType.Unknown;
        _unit = default;
        var parts = new ProtobufReader(_series);
        while (parts.MoveNext())
        {
            if (parts.Field != MetadataField || parts.WireType != 2) parts.Skip();
            else _ = TryMetadata(parts.ReadBytes(), out _type, out _, out _unit);
        }
        AppendToKey([(byte)_type]);
        AppendToKey(_unit);
    }

    private void AppendToKey(scoped ReadOnlySpan<byte> text)
    {
        int needed = _keyLength + 4 + text.Length;
        if (needed > _key.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _key.Length * 2));
            _key.AsSpan(0, _keyLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_key);
            _key = larger;
        }
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(_key.AsSpan(_keyLength), text.Length);
        text.CopyTo(_key.AsSpan(_keyLength + 4));
        _keyLength = needed;
    }

    /// <summary>What one series brings, in the order sent.</summary>
    public ref struct ItemReader(ReadOnlySpan<byte> series)
    {
        private ProtobufReader _reader = new(series);

        public RemoteWriteItem Item { get; private set; } = RemoteWriteItem.Sample;

        /// <summary>The message of a histogram, an exemplar or metadata.</summary>
        public ReadOnlySpan<byte> Message { get; private set; } = default;

        public double Value { get; private set; } = 0;

        public long TimestampMs { get; private set; } = 0;

        public long StartMs { get; private set; } = 0;

        public bool MoveNext()
        {
            while (_reader.MoveNext())
            {
                if (_reader.WireType != 2 || _reader.Field is not (SamplesField or HistogramsField or ExemplarsField or MetadataField))
                {
                    _reader.Skip();
                    continue;
                }
                Item = _reader.Field switch
                {
                    SamplesField => RemoteWriteItem.Sample,
                    HistogramsField => RemoteWriteItem.Histogram,
                    ExemplarsField => RemoteWriteItem.Exemplar,
                    _ => RemoteWriteItem.Metadata,
                };
                Message = _reader.ReadBytes();
                if (Item == RemoteWriteItem.Sample) ReadSample();
                return true;
            }
            return false;
        }

        private void ReadSample()
        {
            (Value, TimestampMs, StartMs) = (0, 0, 0);
            var reader = new ProtobufReader(Message);
            while (reader.MoveNext())
            {
                switch (reader.Field, reader.WireType)
                {
                    case (1, 1): Value = reader.ReadDouble(); break;
                    case (2, 0): TimestampMs = (long)reader.ReadVarint(); break;
                    case (3, 0): StartMs = (long)reader.ReadVarint(); break;
                    default: reader.Skip(); break;
                }
            }
        }
    }
}
