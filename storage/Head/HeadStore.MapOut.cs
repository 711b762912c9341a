using Streamline.Storage.HeadChunks;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>
/// Full chunks go to head chunk files and out of memory: 48 bytes stay of each, in its place in the series' list. All here runs on the committer; readers
/// walk the lists meanwhile and see the chunk or what stands for it, both good until they leave.
/// </summary>
internal sealed partial class HeadStore
{
    /// <summary>Full chunks are written when so many bytes of them have gathered: one write for some seventy chunks.</summary>
    private const int MapOutBytes = 64 << 10;

    // All below: guarded by the commit lock. A queued block may have left its series since; then it is not found there and is left alone.
    private readonly Queue<(int Slot, ulong Ref, nint Block)> _full = new();
    private readonly List<(nint Newer, nint Block)> _leaving = [];
    private readonly List<ulong> _written = [];
    private long _fullBytes;
    private bool _mapOutPaused;
    private volatile HeadChunkFiles? _chunkFiles;

    /// <summary>Where full chunks go; null keeps all in memory. Set before anybody else knows the head.</summary>
    public HeadChunkFiles? ChunkFiles
    {
        get => _chunkFiles;
        set => _chunkFiles = value;
    }

    /// <summary>Chunks are read from files but none are written: the directory belongs to somebody else.</summary>
    public bool KeepsChunks { get; init; }

    /// <summary>Bytes of full chunks that are still in memory.</summary>
    public long FullBytes => Interlocked.Read(ref _fullBytes);

    /// <summary>Told why writing head chunks failed; the samples are safe in log and memory.</summary>
    public Action<string> MapOutFailed { get; init; } = static _ => { };

    /// <summary>Writes all full chunks out, also after a failure; at times, and at the end.</summary>
    public void MapOutAll()
    {
        lock (_commitLock)
        {
            _mapOutPaused = false;
            MapOut();
        }
    }

    /// <summary>Enters a chunk that will not change any more and that another one is about to follow.</summary>
    private void QueueFull(int slot, ulong reference, nint block)
    {
        _full.Enqueue((slot, reference, block));
        _fullBytes += ChunkBlock.Header(block).ByteLength;
    }

    private bool WritesChunks => _chunkFiles is not null && !KeepsChunks;

    private void MapOutWhenDue()
    {
        if (_fullBytes >= MapOutBytes && !_mapOutPaused) MapOut();
    }

    /// <summary>1 gathers the queued chunks, 2 writes them, 3 puts references in their places. A write that fails leaves all as it is.</summary>
    private void MapOut()
    {
        if (_chunkFiles is not { } files || _full.Count == 0) return;
        foreach (var (slot, reference, block) in _full) Gather(files, slot, reference, block);
        if (!files.TryFlush(_written, out string error))
        {
            _mapOutPaused = true;
            _leaving.Clear();
            Counters.MapOutFailures.Add(1);
            MapOutFailed(error);
            return;
        }
        for (int i = 0; i < _leaving.Count; i++) PutReference(_leaving[i].Newer, _leaving[i].Block, _written[i]);
        Counters.ChunksMapped.Add(_leaving.Count);
        _leaving.Clear();
        _full.Clear();
        _fullBytes = 0;
    }

    private void Gather(HeadChunkFiles files, int slot, ulong reference, nint block)
    {
        ref var line = ref Series.Lines.At(slot);
        if (line.Ref != reference || NewerThan(line.Chunk, block) is not (not 0 and var newer)) return;
        ref var header = ref ChunkBlock.Header(block);
        files.Add(new HeadChunkInfo(reference, header.MinTime, header.MaxTime, header.Encoding), ChunkBlock.Data(block, header.ByteLength));
        _leaving.Add((newer, block));
    }

    /// <summary>The chunk whose older one is the given block, 0 when the block is not in the list.</summary>
    private nint NewerThan(nint newest, nint block)
    {
        for (nint at = newest; at != 0;)
        {
            ref var header = ref ChunkBlock.Header(at);
            if (header.Older == 0 || header.OlderMaxTime < _truncatedTo) return 0;
            if (header.Older == block) return ChunkBlock.Header(block).IsMapped ? 0 : at;
            at = header.Older;
        }
        return 0;
    }

    private void PutReference(nint newer, nint block, ulong reference)
    {
        nint node = NewMapped(ChunkBlock.Header(block), reference, ChunkBlock.Header(block).ByteLength, Encoding.XorChunk.CountOf(ChunkBlock.Data(block, 2)));
        Volatile.Write(ref ChunkBlock.Header(newer).Older, node);
        _epochs.Retire(block, ChunkBlock.Header(block).BlockBytes);
    }

    private nint NewMapped(in ChunkHeader of, ulong reference, int dataBytes, int count)
    {
        nint node = _arena.Allocate(MappedChunk.Bytes);
        ref var mapped = ref ChunkBlock.Mapped(node);
        mapped = new MappedChunk { Header = of, Ref = reference, DataBytes = dataBytes, Count = (ushort)count };
        mapped.Header.ByteLength = 0;
        mapped.Header.BlockBytes = MappedChunk.Bytes;
        mapped.Header.IsMapped = true;
        return node;
    }

    /// <summary>Deletes files whose samples are all in blocks; the next chunks begin a new one. Under the commit lock.</summary>
    private void DropChunkFiles(long minTimeMs)
    {
        if (_chunkFiles is not { } files || KeepsChunks) return;
        files.CutFile();
        try
        {
            foreach (var file in files.DeleteBefore(minTimeMs)) _epochs.Retire(() => files.Forget(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The block is in place all the same; the next truncation tries again.
            MapOutFailed(error.Message);
        }
    }
}
