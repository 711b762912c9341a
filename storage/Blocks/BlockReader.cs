using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Index;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Blocks;

/// <summary>
/// A finished block, open for reading. It stays open until its owner and everyone who retained it have let go, so its directory may be deleted while
/// queries still read it. Thread safe.
/// </summary>
internal sealed partial class BlockReader : ISampleStore, IDisposable
{
    private readonly DataFiles _files;
    private readonly IndexReader _index;
    private readonly ChunkSegments _chunks;
    // Replaced as a whole by a deletion, of which one runs at a time.
    private volatile Tombstones _tombstones;
    private volatile BlockMeta _meta;
    private int _owners = 1;
    private static int s_lastId;

    private BlockReader(DataFiles files, string directory, BlockMeta meta, IndexReader index, ChunkSegments chunks, Tombstones tombstones)
    {
        _files = files;
        Path = directory;
        _meta = meta;
        _index = index;
        _chunks = chunks;
        _tombstones = tombstones;
        Bytes = BytesIn(directory);
    }

    /// <summary>Another for each block opened in this process, from 1.</summary>
    public int Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>The block's directory.</summary>
    public string Path { get; }

    public BlockMeta Meta => _meta;

    /// <summary>The block as the door shows it.</summary>
    public BlockInfo Info => new(Meta.Ulid, Path, Meta.MinTimeMs, Meta.MaxTimeMs, Meta.Stats.NumSamples, Meta.Stats.NumSeries, Meta.Stats.NumChunks, Meta.Compaction.Level);

    /// <summary>Times covered, both ends included.</summary>
    public TimeRange Range => new(Meta.MinTimeMs, Math.Max(Meta.MinTimeMs, Meta.MaxTimeMs - 1));

    /// <summary>Opens a block and checks everything but series, postings and chunks, which are checked when they are read.</summary>
    /// <exception cref="StorageCorruptionException">A file is not what its format says.</exception>
    public static BlockReader Open(DataFiles files, string directory)
    {
        var meta = BlockMeta.Read(files, directory);
        var index = new IndexReader(files, System.IO.Path.Combine(directory, BlockWriter.IndexName));
        ChunkSegments? chunks = null;
        try
        {
            chunks = new ChunkSegments(files, System.IO.Path.Combine(directory, ChunkFiles.DirectoryName));
            return new BlockReader(files, directory, meta, index, chunks, Tombstones.Read(files, directory));
        }
        catch
        {
            index.Dispose();
            chunks?.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the files open until <see cref="Release"/>; false when the block is closed already.</summary>
    public bool TryRetain()
    {
        for (int owners = Volatile.Read(ref _owners); owners > 0; owners = Volatile.Read(ref _owners))
        {
            if (Interlocked.CompareExchange(ref _owners, owners + 1, owners) == owners) return true;
        }
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _owners) > 0) return;
        _index.Dispose();
        _chunks.Dispose();
    }

    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints) => Select(matchers, range, decoded: null);

    /// <summary>The same, with chunks decoded earlier.</summary>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, DecodedChunks? decoded)
    {
        ObjectDisposedException.ThrowIf(!TryRetain(), this);
        try
        {
            var set = new BlockSeriesSet(this, _chunks, range, _tombstones) { Decoded = decoded };
            ForEach(matchers, range, set.Add, decoded?.Series);
            return set;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        ObjectDisposedException.ThrowIf(!TryRetain(), this);
        try
        {
            if (!range.Overlaps(Range)) return [];
            var names = new HashSet<string>();
            if (matchers.Count == 0) names.UnionWith(_index.LabelNames.Select(System.Text.Encoding.UTF8.GetString));
            else ForEach(matchers, range, (_, labels, _) => AddNames(labels, names));
            return Sorted(names, limit);
        }
        finally
        {
            Release();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        ObjectDisposedException.ThrowIf(!TryRetain(), this);
        try
        {
            if (!range.Overlaps(Range)) return [];
            byte[] nameUtf8 = System.Text.Encoding.UTF8.GetBytes(name);
            var values = new HashSet<string>();
            if (matchers.Count == 0) AllValues(nameUtf8, limit, values);
            else ForEach(matchers, range, (_, labels, _) => AddValue(labels, nameUtf8, values));
            return Sorted(values, limit);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Gives up the owner's hold.</summary>
    public void Dispose() => Release();

    private void ForEach(IReadOnlyList<LabelMatcher> matchers, TimeRange range, Action<uint, Labels, List<ChunkMeta>> visit, SeriesEntries? entries = null)
    {
        if (!range.Overlaps(Range)) return;
        using var refs = new PostingsList<uint>();
        using (var postings = new BlockPostings(_index)) PostingsSelection.Select(postings, matchers, refs);
        using var window = _index.NewWindow();
        var chunks = new List<ChunkMeta>();
        foreach (uint series in refs.Items)
        {
            chunks.Clear();
            if (Read(window, series, range, chunks, entries) is { } labels && !IsDeleted(series, chunks)) visit(series, labels, chunks);
        }
    }

    private Labels? Read(FileWindow window, uint series, TimeRange range, List<ChunkMeta> chunks, SeriesEntries? entries)
    {
        if (entries is null) return _index.ReadSeries(window, series, range, chunks);
        var key = new ChunkKey(Id, series);
        if (entries.TryGet(key, out var entry))
        {
            foreach (var chunk in entry.Chunks)
            {
                if (chunk.Overlaps(range)) chunks.Add(chunk);
            }
            return chunks.Count > 0 ? entry.Labels : null;
        }
        if (_index.ReadSeries(window, series, TimeRange.All, chunks) is not { } labels) return null;
        entries.Add(key, labels, chunks);
        chunks.RemoveAll(chunk => !chunk.Overlaps(range));
        return chunks.Count > 0 ? labels : null;
    }

    /// <summary>Drops the chunks that a tombstone covers wholly; true when none is left.</summary>
    private bool IsDeleted(uint series, List<ChunkMeta> chunks)
    {
        if (_tombstones.Of(series) is { } ranges) chunks.RemoveAll(c => ranges.Exists(r => r.MinMs <= c.MinMs && c.MaxMs <= r.MaxMs));
        return chunks.Count == 0;
    }

    private void AllValues(byte[] name, int limit, HashSet<string> values)
    {
        using FileWindow window = _index.NewWindow();
        _index.WalkValues(window, name, [], (value, _) =>
        {
            values.Add(System.Text.Encoding.UTF8.GetString(value));
            return limit == 0 || values.Count < limit;
        });
    }

    private static void AddNames(Labels labels, HashSet<string> names)
    {
        foreach (var pair in labels) names.Add(pair.NameString);
    }

    private static void AddValue(Labels labels, byte[] name, HashSet<string> values)
    {
        var value = labels.ValueOf(name);
        if (!value.IsEmpty) values.Add(System.Text.Encoding.UTF8.GetString(value));
    }

    private static List<string> Sorted(HashSet<string> items, int limit)
    {
        List<string> sorted = [.. items.Order(StringComparer.Ordinal)];
        return limit > 0 && sorted.Count > limit ? sorted[..limit] : sorted;
    }
}
