using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.OutOfOrder;

/// <summary>What came out of order of one series: parts from the oldest written to the newest, and the chunk that is being filled. Under the apply lock.</summary>
internal sealed class OutOfOrderSeries(int slot)
{
    // Filled from the front and never changed behind a captured count, so that a reader keeps array and count.
    private OutOfOrderPart[] _parts = [];
    private int _count;
    // Parts that stand unpacked; and the first part that may not be in a file.
    private int _raw, _firstInMemory;

    /// <summary>The series' place in the head, which is its own while it has samples here.</summary>
    public int Slot => slot;

    public OutOfOrderChunk? Open { get; private set; }

    /// <summary>Whether any sample is a histogram, or a part stands unpacked: such a series' chunks stay in memory.</summary>
    public bool HasHistograms => _raw > 0 || Open is { HasHistograms: true };

    /// <summary>The first part that may be in memory.</summary>
    public int FirstInMemory => _firstInMemory;

    public bool IsEmpty => _count == 0 && Open is null;

    public ReadOnlySpan<OutOfOrderPart> Parts => _parts.AsSpan(0, _count);

    /// <summary>Time of the oldest and the newest sample.</summary>
    public TimeRange Range => new OutOfOrderCapture([], 0, _parts, _count, Open).Range;

    public OutOfOrderCapture Capture(byte[] labels, ulong reference) => new(labels, reference, _parts, _count, Open?.Share());

    /// <summary>Whether the chunk that the sample would go into has one of its time.</summary>
    public bool Holds(long timestampMs) => Open is { IsFull: false } open && open.Contains(timestampMs);

    /// <summary>Adds a sample; false when it is there already. A full chunk is put aside first: <paramref name="finishedBytes"/> says what it takes now.</summary>
    public bool TryInsert(in OutOfOrderSample sample, out long finishedBytes)
    {
        finishedBytes = 0;
        if (Open is { IsFull: true } full)
        {
            var part = OutOfOrderPart.Packed(full);
            finishedBytes = part.Bytes;
            Add(part);
            Open = null;
        }
        Open ??= new OutOfOrderChunk();
        if (Open.With(sample) is not { } changed) return false;
        Open = changed;
        return true;
    }

    /// <summary>Ends the open chunk, so that a compaction has a border: what comes later goes behind it.</summary>
    public void Freeze()
    {
        if (Open is { } open) Add(OutOfOrderPart.AsItIs(open));
        Open = null;
    }

    /// <summary>Forgets the oldest parts: a block has them.</summary>
    public void Drop(int parts)
    {
        _parts = _parts[parts.._count];
        _count = _parts.Length;
        _firstInMemory = Math.Max(0, _firstInMemory - parts);
        _raw = 0;
        foreach (ref readonly var part in Parts)
        {
            if (part.Raw is not null) _raw++;
        }
    }

    /// <summary>A part's chunk is in a file now. Readers keep the array that they have.</summary>
    /// <param name="part">Its index.</param>
    /// <param name="chunk">Its place.</param>
    /// <param name="isFirst">Nothing else has been changed since readers could see the array.</param>
    public void Map(int part, ulong chunk, bool isFirst)
    {
        if (isFirst) _parts = [.. _parts];
        _parts[part] = _parts[part].InFile(chunk);
        while (_firstInMemory < _count && _parts[_firstInMemory].IsMapped) _firstInMemory++;
    }

    /// <summary>
    /// Puts a chunk of a file in the place of the part, or of the full open chunk, that holds the same; false when there is none. At start, before there are readers.
    /// </summary>
    public bool TryMap(in OutOfOrderPart mapped, HeadChunkWindows windows)
    {
        if (Open is { IsFull: true, HasHistograms: false } full && HoldsTheSame(OutOfOrderPart.Packed(full), mapped, windows))
        {
            Add(mapped);
            Open = null;
            return true;
        }
        for (int i = _count - 1; i >= 0; i--)
        {
            if (!_parts[i].IsPacked || !HoldsTheSame(_parts[i], mapped, windows)) continue;
            _parts[i] = mapped;
            return true;
        }
        return false;
    }

    private static bool HoldsTheSame(in OutOfOrderPart part, in OutOfOrderPart mapped, HeadChunkWindows windows) =>
        (part.Count, part.MinTime, part.MaxTime, part.Data.Length) == (mapped.Count, mapped.MinTime, mapped.MaxTime, mapped.ChunkBytes)
        && windows.Read(mapped.Chunk, mapped.ChunkBytes).Span.SequenceEqual(part.Data);

    private void Add(OutOfOrderPart part)
    {
        if (_count == _parts.Length) Array.Resize(ref _parts, Math.Max(4, _count * 2));
        _parts[_count++] = part;
        if (part.Raw is not null) _raw++;
    }
}
