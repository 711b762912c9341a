using System.Buffers;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Reads an <c>io.prometheus.write.v2.Request</c> (remote write 2.0) in place. Strings stand once in a symbol table; a series names them by number, so its key is
/// taken from their bytes, written one after the other into a buffer. Hot path: nothing is allocated for a series that is known.
/// </summary>
internal ref struct RemoteWriteV2Reader : IDisposable
{
    private const int SymbolsField = 4, TimeSeriesField = 5, LabelsField = 1, SamplesField = 2, HistogramsField = 3, ExemplarsField = 4, MetadataField = 5;

    private readonly ReadOnlySpan<byte> _request;
    private ProtobufReader _reader;
    private (int At, int Length)[] _symbols;
    private int _symbolCount;
    private byte[] _key;
    private int _keyLength;
    private ReadOnlySpan<byte> _series;

    public RemoteWriteV2Reader(ReadOnlySpan<byte> request)
    {
        _request = request;
        _reader = new ProtobufReader(request);
        _symbols = ArrayPool<(int, int)>.Shared.Rent(256);
        _key = ArrayPool<byte>.Shared.Rent(512);
        ReadSymbols();
    }

    /// <summary>Name, value, name, value, each behind its length: the same for equal labels whatever the request's table is. Wrong references leave it empty.</summary>
    public readonly ReadOnlySpan<byte> RawLabels => _key.AsSpan(0, _keyLength);

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
            if (SentLabels.Problem(last, name, value) is { } problem) return problem;
            last = name;
            labels.Set(name, value);
        }
        return SentLabels.Problem(labels);
    }

    /// <summary>Walks the current series' samples, histograms, exemplars and its metadata.</summary>
    public readonly ItemReader Items() => new(_series);

    /// <summary>A string of the request; throws for a reference outside its table.</summary>
    public readonly ReadOnlySpan<byte> Symbol(ulong reference)
    {
        if (reference >= (ulong)_symbolCount) throw new IngestFormatException($"symbol {reference} is not in the table of {_symbolCount} symbols");
        var (at, length) = _symbols[reference];
        return _request.Slice(at, length);
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
        var references = new ProtobufReader(packed);
        while (!references.IsAtEnd)
        {
            var name = Symbol(references.ReadVarint());
            if (references.IsAtEnd) return false;
            var value = Symbol(references.ReadVarint());
            if (!LabelNames.IsUtf8(name) || !System.Text.Unicode.Utf8.IsValid(value)) return false;
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
                AppendToKey(Symbol(reader.ReadVarint()));
                references++;
                continue;
            }
            if (reader.WireType != 2) throw new IngestFormatException("malformed protobuf: label references of a wrong wire type");
            var packed = new ProtobufReader(reader.ReadBytes());
            for (; !packed.IsAtEnd; references++) AppendToKey(Symbol(packed.ReadVarint()));
        }
        if (references % 2 == 0) return;
        _keyLength = 0;
        Problem = $"a series has {references} label references, an odd number";
    }

    private void AppendToKey(ReadOnlySpan<byte> text)
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
