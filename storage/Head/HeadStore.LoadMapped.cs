using Streamline.Storage.HeadChunks;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Head;

/// <summary>Taking chunks of head chunk files at start. They wait under the reference that their file names until the log names the series.</summary>
internal sealed partial class HeadStore
{
    // Newest and oldest chunk of each reference. Before anybody else knows the head.
    private Dictionary<ulong, (nint Newest, nint Oldest, int Count)> _loaded = [];

    /// <summary>
    /// Takes note of a chunk, in the order of the files. False, with the reason, when it cannot be one of this head's: then neither can what follows it.
    /// </summary>
    public bool TryLoadMapped(in HeadChunkInfo info, ulong reference, ReadOnlySpan<byte> data, out string reason)
    {
        reason = "";
        if (info.OutOfOrder) NoteLate(info, reference, data.Length, Encoding.XorChunk.CountOf(data));
        if (info.OutOfOrder || info.MaxTime < _minValidTime) return true;
        bool first = !_loaded.TryGetValue(info.SeriesRef, out var older);
        if (info.Encoding != Encoding.XorChunk.EncodingId && !Histograms.HistogramChunk.IsEncoding(info.Encoding)) reason = $"chunks of encoding {info.Encoding} are not read";
        else if (info.MaxTime < info.MinTime || info.MaxTime - info.MinTime > uint.MaxValue) reason = "times of the chunk are out of order";
        else if (!first && info.MinTime <= ChunkBlock.Header(older.Newest).MaxTime) reason = "chunk is not newer than the one before it";
        if (reason.Length > 0) return false;
        var header = new ChunkHeader { MinTime = info.MinTime, Span = (uint)(info.MaxTime - info.MinTime), Encoding = info.Encoding };
        if (!first) (header.Older, header.OlderMaxTime) = (older.Newest, ChunkBlock.Header(older.Newest).MaxTime);
        nint node = NewMapped(header, reference, data.Length, Encoding.XorChunk.CountOf(data));
        _loaded[info.SeriesRef] = (node, first ? node : older.Oldest, older.Count + 1);
        return true;
    }

    /// <summary>Puts the chunks that wait under a reference in front of its series; the log's samples that they cover are passed over then.</summary>
    private void Attach(int slot, ulong reference)
    {
        if (_loaded.Count == 0 || !_loaded.Remove(reference, out var chunks)) return;
        ref var line = ref Series.Lines.At(slot);
        ref var oldest = ref ChunkBlock.Header(chunks.Oldest);
        if (line.Chunk != 0)
        {
            // The label set came first under another reference, and has samples. What is not newer comes from the log.
            if (oldest.MinTime <= line.State.Timestamp)
            {
                FreeLoaded(chunks.Newest);
                return;
            }
            (oldest.Older, oldest.OlderMaxTime) = (Finish(slot, ref line), line.State.Timestamp);
        }
        Forget(line.Ref);
        line.Chunk = chunks.Newest;
        line.State = Encoding.XorState.Empty;
        line.State.Timestamp = ChunkBlock.Header(chunks.Newest).MaxTime;
        // What is mapped does not grow: any next sample starts a chunk.
        line.NextCut = long.MinValue;
        _chunks += chunks.Count;
        _minTime = Math.Min(_minTime, Math.Max(oldest.MinTime, _minValidTime));
        _maxTime = Math.Max(_maxTime, line.State.Timestamp);
    }

    private void FreeUnclaimed()
    {
        foreach (var chunks in _loaded.Values) FreeLoaded(chunks.Newest);
        _loaded = [];
    }

    private void FreeLoaded(nint newest)
    {
        for (nint at = newest; at != 0;)
        {
            nint older = ChunkBlock.Header(at).Older;
            _arena.Free(at, MappedChunk.Bytes);
            at = older;
        }
    }
}
