using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Index;

namespace Streamline.Storage.Compaction;

/// <summary>
/// Walks all series of a block in label order, one at a time: what it holds is the list of references (four bytes a series) and the present series, however
/// large the block. Holds the block open.
/// </summary>
internal sealed class BlockScan : IDisposable
{
    private readonly BlockReader _block;
    private readonly IndexReader _index;
    private readonly Tombstones _tombstones;
    private readonly PostingsList<uint> _refs = new();
    private readonly FileWindow _window;
    private readonly ChunkWindow _data;
    private int _next;

    /// <summary>Made by <see cref="BlockReader.Scan"/>, which has retained the block for it.</summary>
    public BlockScan(BlockReader block, IndexReader index, ChunkSegments segments, Tombstones tombstones)
    {
        (_block, _index, _tombstones) = (block, index, tombstones);
        _window = index.NewWindow();
        _data = new ChunkWindow(segments);
        using var postings = new BlockPostings(index);
        PostingsSelection.Select(postings, [], _refs);
    }

    public Labels Labels { get; private set; } = Labels.Empty;

    /// <summary>The present series' reference.</summary>
    public uint Ref { get; private set; }

    /// <summary>The present series' chunks in time order.</summary>
    public List<ChunkMeta> Chunks { get; } = [];

    /// <summary>What has been deleted of the present series, or null.</summary>
    public List<TimeRange>? Deleted { get; private set; }

    /// <summary>Turns to the next series; false at the end.</summary>
    public bool Next()
    {
        while (_next < _refs.Items.Length)
        {
            Chunks.Clear();
            Ref = _refs.Items[_next++];
            if (_index.ReadSeries(_window, Ref, TimeRange.All, Chunks) is not { } labels) continue;
            Labels = labels;
            Deleted = _tombstones.Of(Ref);
            return true;
        }
        return false;
    }

    /// <summary>A chunk's bytes, valid until the next read.</summary>
    public ReadOnlySpan<byte> Read(ChunkMeta chunk, out byte encoding)
    {
        encoding = _data.Open(chunk.Ref);
        return _data.Data();
    }

    /// <summary>The file and offset of the chunk read last, for errors.</summary>
    public (string File, long Offset) Place => (_data.File, _data.Offset);

    public void Dispose()
    {
        _window.Dispose();
        _data.Dispose();
        _refs.Dispose();
        _block.Release();
    }
}
