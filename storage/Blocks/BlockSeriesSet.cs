using Streamline.Storage.Index;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Blocks;

/// <summary>The series of one block that a selection found, in the index's order, which is the order of labels. Holds the block open.</summary>
internal sealed class BlockSeriesSet(BlockReader block, ChunkSegments segments, TimeRange range, Tombstones tombstones) : SeriesSet
{
    private readonly List<(uint Ref, Labels Labels, int FirstChunk)> _series = [];
    private readonly List<ChunkMeta> _chunks = [];
    private bool _disposed;

    public override int Count => _series.Count;

    internal ChunkSegments Segments => segments;

    internal TimeRange Range => range;

    /// <summary>Where chunks are looked for before they are read; null for nowhere.</summary>
    internal DecodedChunks? Decoded { get; init; }

    internal override TimeRange Bounds { get; } = new(Math.Max(range.MinMs, block.Range.MinMs), Math.Min(range.MaxMs, block.Range.MaxMs));

    public void Add(uint series, Labels labels, List<ChunkMeta> chunks)
    {
        _series.Add((series, labels, _chunks.Count));
        _chunks.AddRange(chunks);
    }

    public override Labels LabelsAt(int index) => _series[index].Labels;

    public override SampleCursor Open(int index, SampleCursor? reuse = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var cursor = reuse as BlockCursor;
        if (cursor is null || !cursor.IsOf(this)) cursor = new BlockCursor(this);
        int end = index + 1 < _series.Count ? _series[index + 1].FirstChunk : _chunks.Count;
        cursor.Start(_series[index].FirstChunk, end, tombstones.Of(_series[index].Ref));
        return cursor;
    }

    public override void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        block.Release();
    }

    internal ChunkMeta ChunkAt(int index) => _chunks[index];

    internal ChunkKey KeyAt(int index) => new(block.Id, _chunks[index].Ref);
}
