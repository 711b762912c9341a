using System.Buffers;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Index;

/// <summary>
/// Writes an index file in one pass over the series. Symbols stand first in the file but are known last, so series go to a spool file beside it, naming
/// label pairs by number; <see cref="Finish"/> sorts the symbols and rewrites the spool. Postings are collected in batches of bounded size, each by a scan
/// of the spool: memory follows the distinct pairs plus four bytes a series. Label-index sections, which no reader uses, are left out as Prometheus 3 does.
/// </summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly DataFiles _files;
    private readonly string _spoolPath;
    private readonly int _batchEntries;
    private readonly AppendFile _file;
    private readonly AppendFile _spool;
    private readonly SymbolCollector _symbols = new();
    private readonly Dictionary<(int Name, int Value), int> _pairIds = [];
    private readonly List<Pair> _pairs = [];
    private readonly List<uint> _refs = [];
    private readonly ArrayBufferWriter<byte> _record = new();
    private Labels? _last;
    private ulong _lastChunkRef;

    private record struct Pair(int Name, int Value, int Count);

    /// <summary>Creates the file.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">Path of the index.</param>
    /// <param name="batchEntries">References collected per scan; tests make it small.</param>
    public IndexWriter(DataFiles files, string path, int batchEntries = 4 << 20)
    {
        _files = files;
        _batchEntries = batchEntries;
        _spoolPath = path + ".spool";
        _file = new AppendFile(files, path);
        try
        {
            _spool = new AppendFile(files, _spoolPath);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public int SeriesCount { get; private set; }

    /// <summary>Adds the next series; labels rise strictly, chunks rise in time and place.</summary>
    public void AddSeries(Labels labels, ReadOnlySpan<ChunkMeta> chunks)
    {
        if (_last is not null && labels <= _last) throw new ArgumentException($"series {labels} does not follow {_last}", nameof(labels));
        CheckChunks(chunks);
        _record.ResetWrittenCount();
        Put((ulong)labels.Count);
        foreach (var label in labels) Put((ulong)PairOf(label.Name, label.Value));
        PutChunks(chunks);
        _spool.WriteText(_record.WrittenSpan);
        _last = labels;
        SeriesCount++;
    }

    /// <summary>Writes everything, forces it to the disk and removes the spool.</summary>
    public void Finish()
    {
        _spool.Flush();
        using var spool = _files.OpenRead(_spoolPath);
        _file.WriteUInt32(IndexFormat.Magic);
        _file.WriteByte(IndexFormat.Version);
        long symbols = _file.Position;
        int[] symbolOf = WriteSymbols();
        long series = _file.Position;
        WriteSeries(spool, symbolOf);
        long labelIndices = _file.Position;
        _file.Pad(sizeof(uint));
        long postings = _file.Position;
        int[] order = PairsInOrder(symbolOf);
        long[] places = WritePostings(spool, order);
        long table = _file.Position;
        WritePostingsTable(postings, order, places);
        new IndexToc(symbols, series, labelIndices, table, postings, table).Write(_file);
        if (_file.Position > IndexFormat.MaxBytes) throw new IOException($"{_file.Path}: the index exceeds 64 GiB");
        _file.Sync();
        _spool.Dispose();
        _files.Delete(_spoolPath);
    }

    public void Dispose()
    {
        _file.Dispose();
        _spool.Dispose();
    }

    private void CheckChunks(ReadOnlySpan<ChunkMeta> chunks)
    {
        for (int i = 0; i < chunks.Length; i++)
        {
            if (chunks[i].MaxMs < chunks[i].MinMs || (i > 0 && chunks[i].MinMs <= chunks[i - 1].MaxMs)) throw new ArgumentException($"chunk {chunks[i]} does not follow in time", nameof(chunks));
            if (chunks[i].Ref < _lastChunkRef) throw new ArgumentException($"chunk {chunks[i]} does not follow in place", nameof(chunks));
            _lastChunkRef = chunks[i].Ref;
        }
    }

    private int PairOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var key = (_symbols.IdOf(name), _symbols.IdOf(value));
        if (!_pairIds.TryGetValue(key, out int id))
        {
            id = _pairs.Count;
            _pairIds.Add(key, id);
            _pairs.Add(new Pair(key.Item1, key.Item2, 0));
        }
        _pairs[id] = _pairs[id] with { Count = _pairs[id].Count + 1 };
        return id;
    }

    private void Put(ulong value) => _record.Advance(Varint.Write(_record.GetSpan(Varint.MaxBytes), value));

    private void PutSigned(long value) => Put(Varint.ZigZag(value));

    private void PutChunks(ReadOnlySpan<ChunkMeta> chunks)
    {
        Put((ulong)chunks.Length);
        for (int i = 0; i < chunks.Length; i++)
        {
            if (i == 0) PutSigned(chunks[0].MinMs);
            else Put((ulong)(chunks[i].MinMs - chunks[i - 1].MaxMs));
            Put((ulong)(chunks[i].MaxMs - chunks[i].MinMs));
            if (i == 0) Put(chunks[0].Ref);
            else PutSigned((long)(chunks[i].Ref - chunks[i - 1].Ref));
        }
    }

    /// <summary>Returns the place of each collected symbol in the sorted table.</summary>
    private int[] WriteSymbols()
    {
        int[] sorted = _symbols.Sorted(), place = new int[sorted.Length];
        long start = _file.Position;
        _file.WriteUInt32(0);
        _file.StartChecksum();
        _file.WriteUInt32((uint)sorted.Length);
        for (int i = 0; i < sorted.Length; i++)
        {
            place[sorted[i]] = i;
            _file.WriteText(_symbols[sorted[i]]);
        }
        EndSection(start);
        return place;
    }

    private void EndSection(long start)
    {
        long bytes = _file.Position - start - sizeof(uint);
        if (bytes > uint.MaxValue) throw new IOException($"{_file.Path}: a section exceeds 4 GiB");
        _file.WriteChecksum();
        _file.PatchUInt32(start, (uint)bytes);
    }

    private void WriteSeries(DataFile spool, int[] symbolOf)
    {
        using var window = new FileWindow(spool, _spool.Position);
        for (var scan = new FileScanner(window, 0, _spool.Position); !scan.AtEnd;)
        {
            long at = scan.Position;
            var reader = new SpanReader(scan.Text(), _spoolPath, at);
            int labels = reader.Count(int.MaxValue, "label count");
            _record.ResetWrittenCount();
            Put((ulong)labels);
            for (; labels > 0; labels--)
            {
                var pair = _pairs[reader.Count(_pairs.Count - 1, "label pair")];
                Put((ulong)symbolOf[pair.Name]);
                Put((ulong)symbolOf[pair.Value]);
            }
            _record.Write(reader.Bytes(reader.Remaining));
            _file.Pad(IndexFormat.SeriesAlignment);
            if (_file.Position > IndexFormat.MaxBytes) throw new IOException($"{_file.Path}: the index exceeds 64 GiB");
            _refs.Add((uint)(_file.Position / IndexFormat.SeriesAlignment));
            _file.WriteUvarint((ulong)_record.WrittenCount);
            _file.StartChecksum();
            _file.Write(_record.WrittenSpan);
            _file.WriteChecksum();
        }
    }

    private int[] PairsInOrder(int[] symbolOf)
    {
        int[] order = new int[_pairs.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        order.AsSpan().Sort((a, b) => (symbolOf[_pairs[a].Name], symbolOf[_pairs[a].Value]).CompareTo((symbolOf[_pairs[b].Name], symbolOf[_pairs[b].Value])));
        return order;
    }

    /// <summary>Writes the list of all series, then one list a pair; returns where the latter start.</summary>
    private long[] WritePostings(DataFile spool, int[] order)
    {
        WriteList(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_refs));
        long[] places = new long[order.Length];
        int[] next = new int[_pairs.Count];
        for (int first = 0, last; first < order.Length; first = last)
        {
            Array.Fill(next, -1);
            int entries = 0;
            for (last = first; last < order.Length && (last == first || entries + _pairs[order[last]].Count <= _batchEntries); last++)
            {
                next[order[last]] = entries;
                entries += _pairs[order[last]].Count;
            }
            uint[] refs = ArrayPool<uint>.Shared.Rent(entries);
            Collect(spool, next, refs);
            for (int i = first; i < last; i++)
            {
                int count = _pairs[order[i]].Count;
                _file.Pad(sizeof(uint));
                places[i] = _file.Position;
                WriteList(refs.AsSpan(next[order[i]] - count, count));
            }
            ArrayPool<uint>.Shared.Return(refs);
        }
        return places;
    }

    private void Collect(DataFile spool, int[] next, uint[] refs)
    {
        using var window = new FileWindow(spool, _spool.Position);
        var scan = new FileScanner(window, 0, _spool.Position);
        foreach (uint series in _refs)
        {
            var reader = new SpanReader(scan.Text(), _spoolPath, scan.Position);
            for (int labels = reader.Count(int.MaxValue, "label count"); labels > 0; labels--)
            {
                ref int place = ref next[reader.Count(next.Length - 1, "label pair")];
                if (place >= 0) refs[place++] = series;
            }
        }
    }

    private void WriteList(ReadOnlySpan<uint> refs)
    {
        _file.WriteUInt32((uint)(refs.Length + 1) * sizeof(uint));
        _file.StartChecksum();
        _file.WriteUInt32((uint)refs.Length);
        foreach (uint series in refs) _file.WriteUInt32(series);
        _file.WriteChecksum();
    }

    private void WritePostingsTable(long all, int[] order, long[] places)
    {
        long start = _file.Position;
        _file.WriteUInt32(0);
        _file.StartChecksum();
        _file.WriteUInt32((uint)order.Length + 1);
        WriteEntry([], [], all);
        for (int i = 0; i < order.Length; i++)
        {
            var pair = _pairs[order[i]];
            WriteEntry(_symbols[pair.Name], _symbols[pair.Value], places[i]);
        }
        EndSection(start);
    }

    private void WriteEntry(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, long place)
    {
        _file.WriteByte(IndexFormat.PairKey);
        _file.WriteText(name);
        _file.WriteText(value);
        _file.WriteUvarint((ulong)place);
    }
}
