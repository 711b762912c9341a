using Streamline.Storage.HeadChunks;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>The head's part of a select. Pins the native blocks it may read until disposed.</summary>
internal sealed class HeadSeriesSet(HeadCapture[] series, TimeRange range, HeadTombstones? tombstones, HeadChunkFiles? files, Action leave) : SeriesSet
{
    private Action? _leave = leave;

    public override int Count => series.Length;

    /// <summary>Where chunks that have been written out are; null when none are.</summary>
    public HeadChunkFiles? Files => files;

    /// <summary>What is read: the wanted range without what had been truncated.</summary>
    public TimeRange Range => range;

    internal override TimeRange Bounds => range;

    /// <summary>Where chunks are looked for before they are read; null for nowhere.</summary>
    internal DecodedChunks? Decoded { get; set; }

    public override Labels LabelsAt(int index) => new(series[index].Labels);

    public override SampleCursor Open(int index, SampleCursor? reuse = null)
    {
        var cursor = reuse as HeadCursor ?? new HeadCursor(files, Decoded);
        ChunksAt(index, cursor.Chunks);
        cursor.Start(range, tombstones?.Of(series[index].Ref));
        return cursor;
    }

    /// <summary>The chunks of a series that overlap the range, oldest first. The newest one counts only the samples that were captured.</summary>
    public void ChunksAt(int index, List<HeadChunk> target) => ChunksOf(series[index], range, target);

    /// <summary>The same of a capture by itself.</summary>
    public static void ChunksOf(in HeadCapture captured, TimeRange range, List<HeadChunk> target)
    {
        target.Clear();
        ref var header = ref ChunkBlock.Header(captured.Chunk);
        if (header.MinTime <= range.MaxMs)
            target.Add(header.IsMapped ? Finished(captured.Chunk) : new HeadChunk(captured.Chunk, captured.Bytes, captured.Count, header.MinTime));
        while (header.Older != 0 && header.OlderMaxTime >= range.MinMs)
        {
            nint block = header.Older;
            header = ref ChunkBlock.Header(block);
            if (header.MinTime > range.MaxMs) continue;
            target.Add(Finished(block));
        }
        target.Reverse();
    }

    private static HeadChunk Finished(nint block)
    {
        ref var header = ref ChunkBlock.Header(block);
        if (header.IsMapped) return new HeadChunk(block, ChunkBlock.Mapped(block).DataBytes, ChunkBlock.Mapped(block).Count, header.MinTime);
        return new HeadChunk(block, header.ByteLength, Encoding.XorChunk.CountOf(ChunkBlock.Data(block, header.ByteLength)), header.MinTime);
    }

    /// <summary>Moves the series that have a chunk in the range to the front; returns their number. Made outside the head's locks.</summary>
    public static int KeepOverlapping(Span<HeadCapture> series, TimeRange range)
    {
        int kept = 0;
        foreach (ref readonly var captured in series)
        {
            if (Overlaps(captured.Chunk, range)) series[kept++] = captured;
        }
        return kept;
    }

    private static bool Overlaps(nint block, TimeRange range)
    {
        while (true)
        {
            ref var header = ref ChunkBlock.Header(block);
            if (header.MinTime <= range.MaxMs) return true;
            if (header.Older == 0 || header.OlderMaxTime < range.MinMs) return false;
            block = header.Older;
        }
    }

    public bool HasTombstones(int index) => tombstones?.Of(series[index].Ref) is not null;

    public override void Dispose()
    {
        Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
