using System.Runtime.InteropServices;
using Streamline.Storage.Encoding;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Histograms;
using Streamline.Storage.Memory;
using Streamline.Storage.Snapshot;

namespace Streamline.Storage.Head;

/// <summary>
/// The head as a file, so that a start need not make it from the log. With full chunks that could not be written out there is none, and the log does its
/// work. What came out of order is read from its own log in any case; its series are here.
/// </summary>
internal sealed partial class HeadStore
{
    /// <summary>Whether a snapshot would hold everything.</summary>
    public bool CanSnapshot => _chunkFiles is not null && !KeepsChunks && _full.Count == 0;

    /// <summary>Writes header, labels and series; nothing is committed meanwhile. Series made meanwhile are left out: they have no samples.</summary>
    public void WriteSnapshot(SnapshotWriter writer, int walSegment, IReadOnlyList<(ulong, int)> refsToKeep)
    {
        // References are taken before the slots are looked at, so that none given to a series in here is above.
        int[] places = Places(out int series, out ulong lastRef);
        var labels = Series.Postings.All;
        new SnapshotHeader
        {
            WalSegment = walSegment,
            LastRef = lastRef,
            // Not the time before which nothing is accepted: a block that was to take over what lies before may have failed.
            MinValidTime = _truncatedTo,
            Series = series,
            Labels = labels.Count,
            ChunkFiles = [.. _chunkFiles!.All.Select(f => (f.Number, f.Bytes, f.MaxTime))],
            RefsToKeep = refsToKeep,
        }.Write(writer);
        foreach (var index in labels)
        {
            index.WriteSnapshot(writer, places);
            writer.EndFrame();
        }
        for (int slot = 0; slot < places.Length; slot++)
        {
            if (places[slot] >= 0) WriteSeries(writer, slot);
            writer.EndFullFrame();
        }
        writer.EndLastFrame();
        Tombstones.WriteSnapshot(writer);
        WriteRest(writer, places);
        writer.Put(SnapshotFormat.End);
        writer.EndFrame();
    }

    /// <summary>The place of each slot's series in the snapshot, -1 for those without samples.</summary>
    private int[] Places(out int series, out ulong lastRef)
    {
        series = 0;
        int[] places = new int[Series.SlotCount];
        lastRef = Series.LastRef;
        for (int slot = 0; slot < places.Length; slot++)
        {
            ref var line = ref Series.Lines.At(slot);
            places[slot] = line.Ref != 0 && (line.Chunk != 0 || OutOfOrder.Has(line.Ref)) ? series++ : -1;
        }
        return places;
    }

    private void WriteSeries(SnapshotWriter writer, int slot)
    {
        ref var line = ref Series.Lines.At(slot);
        byte[] labels = Series.LabelsAt(slot)!;
        writer.Put(line.Ref);
        writer.Put(XxHash64.Of(labels));
        writer.PutText(labels);
        writer.Put(line.NextCut);
        writer.Put(MemoryMarshal.AsBytes(new ReadOnlySpan<XorState>(in line.State)));
        bool isOpen = line.Chunk != 0 && !ChunkBlock.Header(line.Chunk).IsMapped;
        writer.Put(isOpen ? ChunkBlock.Header(line.Chunk).Encoding : 0);
        writer.PutText(isOpen ? ChunkBlock.Data(line.Chunk, line.State.ByteLength) : []);
        writer.Put(isOpen ? ChunkBlock.Header(line.Chunk).MinTime : 0);
        _chain.Clear();
        for (nint at = isOpen ? OlderOf(line.Chunk) : line.Chunk; at != 0; at = OlderOf(at)) _chain.Add(at);
        writer.Put(_chain.Count);
        for (int i = _chain.Count - 1; i >= 0; i--)
        {
            ref var chunk = ref ChunkBlock.Mapped(_chain[i]);
            writer.Put(chunk.Ref);
            writer.Put(chunk.Header.MinTime);
            writer.Put((int)chunk.Header.Span);
            writer.Put(chunk.DataBytes);
            writer.Put(chunk.Count | chunk.Header.Encoding << 16);
        }
    }

    private readonly List<nint> _chain = [];

    private nint OlderOf(nint block)
    {
        ref var header = ref ChunkBlock.Header(block);
        return header.Older == 0 || header.OlderMaxTime < _truncatedTo ? 0 : header.Older;
    }

    /// <summary>Makes room for what a snapshot holds, and takes its times and references.</summary>
    public void BeginSnapshot(SnapshotHeader header)
    {
        _minValidTime = Math.Max(_minValidTime, header.MinValidTime);
        Series.SkipRef(header.LastRef);
        Series.Reserve(header.Series);
    }

    /// <summary>Takes a frame of series; the first one gets the given slot. Returns the next slot.</summary>
    /// <exception cref="FormatException">The frame does not hold series.</exception>
    public int LoadSeries(ReadOnlySpan<byte> frame, int slot, int end)
    {
        var reader = new FrameReader(frame);
        for (; !reader.AtEnd; slot++)
        {
            if (slot >= end) throw new FormatException("more series than announced");
            ulong reference = reader.UInt64(), hash = reader.UInt64();
            if (reference == 0) throw new FormatException("series without a reference");
            var labels = reader.Text();
            LabelsEncoding.Check(labels);
            Series.Load(slot, reference, hash, labels.ToArray());
            ref var line = ref Series.Lines.At(slot);
            line.NextCut = reader.Int64();
            line.State = MemoryMarshal.Read<XorState>(reader.Bytes(Marshal.SizeOf<XorState>()));
            int encoding = reader.Int32();
            var open = reader.Text();
            long openMinTime = reader.Int64();
            LoadChain(ref reader, ref line);
            if (open.Length > 0) LoadOpen(ref line, open, openMinTime, encoding);
            if (line.Chunk != 0) _maxTime = Math.Max(_maxTime, line.State.Timestamp);
        }
        return slot;
    }

    private void LoadChain(ref FrameReader reader, ref SeriesLine line)
    {
        for (int left = reader.Count(28); left > 0; left--)
        {
            ulong reference = reader.UInt64();
            var header = new ChunkHeader { MinTime = reader.Int64(), Span = (uint)reader.Int32() };
            int dataBytes = reader.Int32(), count = reader.Int32();
            header.Encoding = (byte)(count >> 16 & 7);
            if (header.MaxTime < _minValidTime) continue;
            if (dataBytes is < 0 or > HeadChunkFormat.MostChunkBytes) throw new FormatException("chunk has no sensible length");
            if (line.Chunk != 0) (header.Older, header.OlderMaxTime) = (line.Chunk, ChunkBlock.Header(line.Chunk).MaxTime);
            else _minTime = Math.Min(_minTime, Math.Max(header.MinTime, _minValidTime));
            line.Chunk = NewMapped(header, reference, dataBytes, count & 0xFFFF);
            _chunks++;
        }
    }

    private void LoadOpen(ref SeriesLine line, ReadOnlySpan<byte> data, long minTime, int encoding)
    {
        bool isHistogram = encoding is HistogramChunk.IntegerEncoding or HistogramChunk.FloatEncoding;
        if (!isHistogram && encoding != XorChunk.EncodingId) throw new FormatException($"an open chunk of encoding {encoding}");
        if (line.State.Timestamp < _minValidTime)
        {
            line.State.BitLength = line.State.Count = 0;
            line.NextCut = long.MinValue;
            return;
        }
        if (data.Length != line.State.ByteLength || data.Length > (isHistogram ? MaxChunkBytes : ChunkBlock.MaxOpenBytes - ChunkHeader.Bytes)) throw new FormatException("chunk has no sensible length");
        if (isHistogram) _openHistograms++;
        else if (XorChunk.CountOf(data) != line.State.Count || !line.State.HasWindow) throw new FormatException("the encoder is not that of its chunk");
        int bytes = isHistogram ? BlockBytesFor(data.Length, 0) : ChunkBlock.FirstOpenBytes;
        while (bytes < ChunkHeader.Bytes + data.Length) bytes = ChunkBlock.NextOpenBytes(bytes);
        nint block = _arena.Allocate(bytes);
        ChunkBlock.Header(block) = new ChunkHeader
        {
            Older = line.Chunk,
            OlderMaxTime = line.Chunk == 0 ? 0 : ChunkBlock.Header(line.Chunk).MaxTime,
            MinTime = minTime,
            BlockBytes = bytes,
            Encoding = (byte)encoding,
        };
        data.CopyTo(ChunkBlock.Room(block));
        if (line.Chunk == 0) _minTime = Math.Min(_minTime, Math.Max(minTime, _minValidTime));
        line.Chunk = block;
        _chunks++;
    }

    /// <summary>
    /// Joins the chunks that files written after the snapshot hold: such a chunk is what became of the one that was open then, or follows it. False when one is
    /// neither, and the snapshot must not be used.
    /// </summary>
    public bool TryAttachLater()
    {
        if (_loaded.Count == 0) return true;
        for (int slot = 0; slot < Series.SlotCount; slot++)
        {
            ref var line = ref Series.Lines.At(slot);
            if (!_loaded.TryGetValue(line.Ref, out var chunks)) continue;
            long from = ChunkBlock.Header(chunks.Oldest).MinTime;
            bool continues = line.Chunk != 0 && !ChunkBlock.Header(line.Chunk).IsMapped && ChunkBlock.Header(line.Chunk).MinTime == from
                && ChunkBlock.Header(chunks.Oldest).MaxTime >= line.State.Timestamp;
            if (!continues && line.Chunk != 0 && from <= line.State.Timestamp) return false;
            if (continues) DropOpen(ref line);
            Attach(slot, line.Ref);
        }
        return true;
    }

    private void DropOpen(ref SeriesLine line)
    {
        nint open = line.Chunk;
        ref var header = ref ChunkBlock.Header(open);
        line.Chunk = header.Older;
        line.State = XorState.Empty;
        line.State.Timestamp = header.Older == 0 ? long.MinValue : header.OlderMaxTime;
        line.NextCut = long.MinValue;
        _arena.Free(open, header.BlockBytes);
        // The encoder that went on with it has nothing to go on with.
        Forget(line.Ref);
        _chunks--;
    }
}
