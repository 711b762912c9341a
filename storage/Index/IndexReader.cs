using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Index;

/// <summary>
/// Reads an index file, version 2, or 3, which is read alike. Symbols and a sample of the postings table are in memory, all else is read where it lies; every section is checked
/// against its checksum when it is read. Thread safe: calls that read the file open a window of their own.
/// </summary>
internal sealed class IndexReader : IDisposable
{
    // No honest series comes near; a lying length must not allocate the file's size.
    private const int MaxSeriesBytes = 64 << 20;

    private readonly DataFile _file;
    private readonly long _length;
    private readonly SymbolTable _symbols;
    private readonly PostingsTable _postings;

    /// <summary>Opens and checks the file's frame, symbols and postings table.</summary>
    /// <exception cref="StorageCorruptionException">The file is not what the format says.</exception>
    public IndexReader(DataFiles files, string path)
    {
        Path = path;
        _file = files.OpenRead(path);
        try
        {
            _length = _file.Length;
            using var window = NewWindow();
            CheckHeader(window);
            long tocAt = _length - IndexToc.Bytes;
            var toc = IndexToc.Read(window.Read(tocAt, IndexToc.Bytes), path, tocAt);
            _symbols = SymbolTable.Load(window, toc.Symbols);
            _postings = PostingsTable.Load(window, toc.PostingsTable);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Label names in order.</summary>
    public IReadOnlyList<byte[]> LabelNames => _postings.Names;

    /// <summary>A window on the file, for one thread; the caller disposes it before the reader.</summary>
    public FileWindow NewWindow() => new(_file, _length);

    /// <summary>Visits the values of a label in order with the place of their postings.</summary>
    public void WalkValues(FileWindow window, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, PostingsTable.Visit visit) => _postings.Walk(window, name, from, visit);

    public bool TryFindPostings(FileWindow window, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out long place) => _postings.TryFind(window, name, value, out place);

    /// <summary>Adds a postings list as one run.</summary>
    public void AddPostings(FileWindow window, long place, PostingsList<uint> target)
    {
        uint bytes = BinaryPrimitives.ReadUInt32BigEndian(window.Read(place, sizeof(uint)));
        if (bytes < sizeof(uint) || bytes % sizeof(uint) != 0 || bytes > Math.Min(_length, int.MaxValue - Crc32C.Size)) throw new StorageCorruptionException(Path, place, $"a postings list of {bytes} bytes");
        var list = window.Read(place + sizeof(uint), checked((int)bytes + Crc32C.Size));
        var body = list[..^Crc32C.Size];
        if (Crc32C.Of(body) != BinaryPrimitives.ReadUInt32BigEndian(list[^Crc32C.Size..])) throw new StorageCorruptionException(Path, place, "a postings list fails its checksum");
        if (BinaryPrimitives.ReadUInt32BigEndian(body) != bytes / sizeof(uint) - 1) throw new StorageCorruptionException(Path, place, "a postings list has another length than it says");
        var refs = target.Extend(body.Length / sizeof(uint) - 1);
        body[sizeof(uint)..].CopyTo(MemoryMarshal.AsBytes(refs));
        if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(refs, refs);
        CheckRising(refs, place);
        target.EndRun();
    }

    /// <summary>Reads one series: its labels, or null when <paramref name="range"/> has no chunk of it, and the chunks that touch the range.</summary>
    public Labels? ReadSeries(FileWindow window, uint series, TimeRange range, List<ChunkMeta> chunks)
    {
        long at = (long)series * IndexFormat.SeriesAlignment;
        var head = window.ReadUpTo(at, Varint.MaxBytes);
        if (!Varint.TryRead(head, out ulong length, out int prefix) || length > MaxSeriesBytes) throw new StorageCorruptionException(Path, at, "no series starts here");
        var body = window.Read(at + prefix, (int)length + Crc32C.Size);
        if (Crc32C.Of(body[..(int)length]) != BinaryPrimitives.ReadUInt32BigEndian(body[(int)length..])) throw new StorageCorruptionException(Path, at, "a series fails its checksum");
        var reader = new SpanReader(body[..(int)length], Path, at + prefix);
        int count = reader.Count(reader.Remaining / 2, "label count");
        var labels = reader;
        for (int i = 0; i < 2 * count; i++) reader.Uvarint();
        int before = chunks.Count;
        ReadChunks(ref reader, range, chunks);
        return chunks.Count == before ? null : ReadLabels(ref labels, count);
    }

    public void Dispose() => _file.Dispose();

    private void CheckHeader(FileWindow window)
    {
        if (_length < IndexFormat.HeaderBytes + IndexToc.Bytes) throw new StorageCorruptionException(Path, 0, $"{_length} bytes are too few for an index");
        var header = window.Read(0, IndexFormat.HeaderBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(header) != IndexFormat.Magic) throw new StorageCorruptionException(Path, 0, "not an index file: wrong magic number");
        if (header[4] is not (IndexFormat.Version or IndexFormat.NextVersion)) throw new StorageCorruptionException(Path, 4, $"index version {header[4]}; this version of Streamline reads {IndexFormat.Version} and {IndexFormat.NextVersion}");
    }

    private void CheckRising(ReadOnlySpan<uint> refs, long place)
    {
        for (int i = 1; i < refs.Length; i++)
        {
            if (refs[i] <= refs[i - 1]) throw new StorageCorruptionException(Path, place, "a postings list is out of order");
        }
    }

    private static void ReadChunks(ref SpanReader reader, TimeRange range, List<ChunkMeta> chunks)
    {
        int count = reader.Count(reader.Remaining / 3, "chunk count");
        long last = 0;
        ulong place = 0;
        for (int i = 0; i < count; i++)
        {
            long min = i == 0 ? reader.SignedVarint() : last + (long)reader.Uvarint();
            last = min + (long)reader.Uvarint();
            if (last < min) reader.Throw("a chunk ends before it starts");
            place = i == 0 ? reader.Uvarint() : place + (ulong)reader.SignedVarint();
            var chunk = new ChunkMeta(min, last, place);
            if (chunk.Overlaps(range)) chunks.Add(chunk);
        }
    }

    private Labels ReadLabels(ref SpanReader reader, int count)
    {
        // Two passes: the size of the buffer, then its bytes.
        var second = reader;
        long total = 0;
        for (int i = 0; i < 2 * count; i++) total += LabelsEncoding.SizeOf(_symbols[reader.Count(_symbols.Count - 1, "symbol")].Length);
        if (total > MaxSeriesBytes) reader.Throw($"labels of {total} bytes");
        int size = (int)total;
        byte[]? rented = size > 1024 ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> buffer = rented ?? stackalloc byte[1024];
        int at = 0;
        for (int i = 0; i < 2 * count; i++) at += LabelsEncoding.Write(buffer[at..], _symbols[second.Count(_symbols.Count - 1, "symbol")]);
        try
        {
            return Labels.FromEncoded(buffer[..at]);
        }
        catch (FormatException error)
        {
            reader.Throw(error.Message);
            return Labels.Empty;
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
