using System.Collections.Concurrent;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Index;

/// <summary>
/// Entries of block indexes as they were read: labels and chunks of series that queries select again and again. A look here costs a tenth of reading, checking and
/// taking apart the entry. Bounded: what is over the bound empties it, and the next queries fill it with what is asked now. Thread safe.
/// </summary>
internal sealed class SeriesEntries
{
    // A series of a month's block has a thousand; going through them costs more than is saved.
    private const int MostChunks = 64;

    // Of an entry beside its labels and chunks: the objects and its place in the table.
    private const int OverheadBytes = 200;

    private readonly ConcurrentDictionary<ChunkKey, SeriesEntry> _entries = new();
    private long _bytes, _maxBytes;

    /// <summary>Most bytes kept, estimated; 0 keeps nothing.</summary>
    public long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set
        {
            Volatile.Write(ref _maxBytes, value);
            if (Volatile.Read(ref _bytes) > value) Clear();
        }
    }

    /// <summary>Bytes kept, estimated.</summary>
    public long UsedBytes => Volatile.Read(ref _bytes);

    public bool TryGet(in ChunkKey series, out SeriesEntry entry)
    {
        bool found = _entries.TryGetValue(series, out SeriesEntry? kept);
        entry = kept!;
        return found;
    }

    public void Add(in ChunkKey series, Labels labels, List<ChunkMeta> chunks)
    {
        if (chunks.Count > MostChunks) return;
        int bytes = OverheadBytes + labels.Encoded.Length + chunks.Count * ChunkMeta.Bytes;
        if (Volatile.Read(ref _bytes) + bytes > MaxBytes) Clear();
        if (bytes > MaxBytes || !_entries.TryAdd(series, new SeriesEntry(labels, [.. chunks]))) return;
        Interlocked.Add(ref _bytes, bytes);
    }

    // Entries that are added at the same moment may be counted and not be there: they are few, and it is empty again soon.
    private void Clear()
    {
        _entries.Clear();
        Interlocked.Exchange(ref _bytes, 0);
    }
}

/// <summary>Labels and all chunks of a series in one block.</summary>
internal sealed record SeriesEntry(Labels Labels, ChunkMeta[] Chunks);
