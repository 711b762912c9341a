using System.Numerics;

namespace Streamline.Storage.Head;

/// <summary>
/// One part of the series map: open addressing from label hash to slot, without an object per entry. Everything is under <see cref="Lock"/>, which two series
/// of different stripes never share. Lock order: stripe, then a label index.
/// </summary>
internal sealed class SeriesStripe
{
    private const int FirstCapacity = 64;

    // Slot + 1, 0 for an empty place, beside the hash bits that spare most comparisons of labels.
    private int[] _slots = new int[FirstCapacity];
    private uint[] _tags = new uint[FirstCapacity];

    public Lock Lock { get; } = new();

    /// <summary>Who hears of new series of this stripe; replaced, never changed. Guarded by <see cref="Lock"/>.</summary>
    public Action<SeriesHandle, Labels>[] Watchers { get; set; } = [];

    /// <summary>Series held.</summary>
    public int Count { get; private set; }

    /// <summary>Walks the places where a hash may stand: the next candidate slot, or -1. Start with <paramref name="probe"/> = 0.</summary>
    public int NextCandidate(ulong hash, ref int probe)
    {
        int mask = _slots.Length - 1;
        uint tag = Tag(hash);
        while (true)
        {
            int at = (int)(tag + (uint)probe++) & mask;
            if (_slots[at] == 0) return -1;
            if (_tags[at] == tag) return _slots[at] - 1;
        }
    }

    public void Add(ulong hash, int slot)
    {
        if (Count * 3 >= _slots.Length * 2) Grow();
        Place(Tag(hash), slot);
        Count++;
    }

    /// <summary>Makes an empty table large enough for so many.</summary>
    public void Reserve(int count) => Reset((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstCapacity, count * 3 / 2 + 1)));

    /// <summary>All slots.</summary>
    public void CopyTo(List<int> target)
    {
        foreach (int slot in _slots)
        {
            if (slot != 0) target.Add(slot - 1);
        }
    }

    /// <summary>Forgets the slots for which the test is true and packs the table.</summary>
    public void RemoveAll(Predicate<int> remove)
    {
        var (slots, tags) = (_slots, _tags);
        Reset((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstCapacity, Count * 3 / 2 + 1)));
        Count = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] == 0 || remove(slots[i] - 1)) continue;
            Place(tags[i], slots[i] - 1);
            Count++;
        }
    }

    // The low bits choose the stripe, so the table takes the high ones.
    private static uint Tag(ulong hash) => (uint)(hash >> 32);

    private void Grow()
    {
        var (slots, tags) = (_slots, _tags);
        Reset(slots.Length * 2);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] != 0) Place(tags[i], slots[i] - 1);
        }
    }

    private void Reset(int capacity) => (_slots, _tags) = (new int[capacity], new uint[capacity]);

    private void Place(uint tag, int slot)
    {
        int mask = _slots.Length - 1;
        int at = (int)tag & mask;
        while (_slots[at] != 0) at = at + 1 & mask;
        _slots[at] = slot + 1;
        _tags[at] = tag;
    }
}
