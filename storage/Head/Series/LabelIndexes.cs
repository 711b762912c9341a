namespace Streamline.Storage.Head;

/// <summary>The head's postings: one <see cref="LabelIndex"/> a label name, found by binary search in a sorted array that is replaced when a name comes or goes.</summary>
internal sealed class LabelIndexes
{
    private readonly Lock _lock = new();
    private volatile LabelIndex[] _indexes = [];

    /// <summary>All, by name.</summary>
    public IReadOnlyList<LabelIndex> All => _indexes;

    public LabelIndex? Find(ReadOnlySpan<byte> name)
    {
        var indexes = _indexes;
        int at = Search(indexes, name);
        return at >= 0 ? indexes[at] : null;
    }

    /// <summary>Takes a label from a frame of a snapshot.</summary>
    public void LoadSnapshot(ReadOnlySpan<byte> frame, int slotCount)
    {
        var reader = new Snapshot.FrameReader(frame);
        Create(reader.Text()).LoadSnapshot(ref reader, slotCount);
    }

    public void Add(Labels labels, int slot)
    {
        foreach (var pair in labels) (Find(pair.Name) ?? Create(pair.Name)).Add(pair.Value, slot);
    }

    // A label that has lost all its values stays: a creator may be about to add to it. It costs a few hundred bytes.
    public void Remove(SlotSet slots)
    {
        foreach (var index in _indexes) index.Remove(slots);
    }

    private LabelIndex Create(ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            int at = Search(_indexes, name);
            if (at >= 0) return _indexes[at];
            var index = new LabelIndex(name.ToArray());
            _indexes = [.. _indexes[..~at], index, .. _indexes[~at..]];
            return index;
        }
    }

    private static int Search(LabelIndex[] indexes, ReadOnlySpan<byte> name)
    {
        int low = 0, high = indexes.Length - 1;
        while (low <= high)
        {
            int middle = low + high >> 1;
            int order = indexes[middle].Name.SequenceCompareTo(name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
