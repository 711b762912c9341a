namespace Streamline.Storage.OutOfOrder;

/// <summary>What came out of order of one series: parts from the oldest written to the newest, and the chunk that is being filled. Under the apply lock.</summary>
internal sealed class OutOfOrderSeries(int slot)
{
    // Filled from the front and never changed behind a captured count, so that a reader keeps array and count.
    private OutOfOrderPart[] _parts = [];
    private int _count;

    /// <summary>The series' place in the head, which is its own while it has samples here.</summary>
    public int Slot => slot;

    public OutOfOrderChunk? Open { get; private set; }

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
    }

    private void Add(OutOfOrderPart part)
    {
        if (_count == _parts.Length) Array.Resize(ref _parts, Math.Max(4, _count * 2));
        _parts[_count++] = part;
    }
}
