using System.Numerics;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Head;

/// <summary>
/// The values of one label in the head and the slots of each value. Values are interned in one byte arena; a value with one slot, the usual case of
/// identifying labels, needs no array. Everything is under its own lock.
/// </summary>
internal sealed class LabelIndex(byte[] name)
{
    private readonly Lock _lock = new();
    private byte[] _arena = new byte[64];
    private int _used;
    private Entry[] _entries = new Entry[4];
    private int _count;
    // Entry + 1 by hash of the value.
    private int[] _buckets = new int[8];

    private struct Entry
    {
        public int At, Length, Count, First;
        public int[]? Slots;

        public readonly ReadOnlySpan<int> All(ref readonly int first) =>
            Count > 1 ? Slots.AsSpan(0, Count) : new ReadOnlySpan<int>(in first)[..Count];
    }

    public ReadOnlySpan<byte> Name => name;

    public string NameText { get; } = System.Text.Encoding.UTF8.GetString(name);

    public void Add(ReadOnlySpan<byte> value, int slot)
    {
        lock (_lock)
        {
            int index = Find(value);
            if (index < 0) index = Intern(value);
            ref var entry = ref _entries[index];
            if (entry.Count == 0) entry.First = slot;
            else AddMore(ref entry, slot);
            entry.Count++;
        }
    }

    /// <summary>Series having exactly this value.</summary>
    public int CountOf(ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            int index = Find(value);
            return index < 0 ? 0 : _entries[index].Count;
        }
    }

    /// <summary>Slots having exactly this value, a copy in no order.</summary>
    public int[] SlotsOf(ReadOnlySpan<byte> value)
    {
        lock (_lock)
        {
            int index = Find(value);
            return index < 0 ? [] : _entries[index].All(in _entries[index].First).ToArray();
        }
    }

    /// <summary>Adds the slots of every value for which the matcher's answer is <paramref name="wanted"/>; returns their number.</summary>
    public int Collect(LabelMatcher matcher, bool wanted, SlotSet target)
    {
        int sum = 0;
        lock (_lock)
        {
            if (Exact(matcher, wanted) is { } values)
            {
                foreach (var value in values) sum += Collect(Find(value.Span), target);
                return sum;
            }
            for (int i = 0; i < _count; i++)
            {
                ref var entry = ref _entries[i];
                if (entry.Count > 0 && matcher.Matches(_arena.AsSpan(entry.At, entry.Length)) == wanted) sum += Collect(i, target);
            }
        }
        return sum;
    }

    /// <summary>Calls back with each value in use and its number of series, under the lock.</summary>
    public void ForEach(LabelValueVisitor visit)
    {
        lock (_lock)
        {
            for (int i = 0; i < _count; i++)
            {
                ref var entry = ref _entries[i];
                if (entry.Count > 0) visit(_arena.AsSpan(entry.At, entry.Length), entry.Count);
            }
        }
    }

    /// <summary>Puts name, values and, for each value, the places of its series into a frame; -1 in <paramref name="places"/> leaves a slot out.</summary>
    public void WriteSnapshot(Snapshot.SnapshotWriter writer, int[] places)
    {
        writer.PutText(name);
        lock (_lock)
        {
            for (int i = 0; i < _count; i++)
            {
                ref var entry = ref _entries[i];
                var slots = entry.All(in entry.First);
                int used = 0;
                foreach (int slot in slots) used += slot < places.Length && places[slot] >= 0 ? 1 : 0;
                if (used == 0) continue;
                writer.PutText(_arena.AsSpan(entry.At, entry.Length));
                writer.Put(used);
                foreach (int slot in slots)
                {
                    if (slot < places.Length && places[slot] >= 0) writer.Put(places[slot]);
                }
            }
        }
    }

    /// <summary>Fills an empty index from such a frame, behind its name.</summary>
    /// <exception cref="FormatException">A slot is not below <paramref name="slotCount"/>.</exception>
    public void LoadSnapshot(ref Snapshot.FrameReader reader, int slotCount)
    {
        lock (_lock)
        {
            while (!reader.AtEnd)
            {
                // Not one expression: the array may grow.
                int index = Intern(reader.Text());
                ref var entry = ref _entries[index];
                int[] slots = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(reader.Bytes(checked(reader.Count(sizeof(int)) * sizeof(int)))).ToArray();
                foreach (int slot in slots)
                {
                    if ((uint)slot >= (uint)slotCount) throw new FormatException("a label names a series that is not there");
                }
                if (slots.Length == 0) continue;
                (entry.Count, entry.First) = (slots.Length, slots[0]);
                if (slots.Length > 1) entry.Slots = slots;
            }
        }
    }

    /// <summary>Whether any series has the label.</summary>
    public bool HasValues
    {
        get
        {
            lock (_lock)
            {
                for (int i = 0; i < _count; i++)
                {
                    if (_entries[i].Count > 0) return true;
                }
            }
            return false;
        }
    }

    /// <summary>Forgets slots; false when no value is left. The arena is packed when over half of the values are dead.</summary>
    public bool Remove(SlotSet slots)
    {
        lock (_lock)
        {
            int alive = 0;
            for (int i = 0; i < _count; i++)
            {
                ref var entry = ref _entries[i];
                Remove(ref entry, slots);
                if (entry.Count > 0) alive++;
            }
            if (alive * 2 < _count) Pack();
            return alive > 0;
        }
    }

    // The values that a matcher names outright, so that the others need not be looked at.
    private static ReadOnlyMemory<byte>[]? Exact(LabelMatcher matcher, bool wanted) => (matcher.Operator, wanted) switch
    {
        (MatchOperator.Equal, true) or (MatchOperator.NotEqual, false) => [matcher.ValueUtf8],
        (MatchOperator.Regex, true) when matcher.SetLiterals is { } set => [.. set.Select(s => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(s))],
        _ => null,
    };

    private int Collect(int index, SlotSet target)
    {
        if (index < 0) return 0;
        ref var entry = ref _entries[index];
        target.AddAll(entry.All(in entry.First));
        return entry.Count;
    }

    private static void AddMore(ref Entry entry, int slot)
    {
        entry.Slots ??= [entry.First, 0];
        if (entry.Count == 1) entry.Slots[0] = entry.First;
        if (entry.Count == entry.Slots.Length) Array.Resize(ref entry.Slots, entry.Count * 2);
        entry.Slots[entry.Count] = slot;
    }

    private static void Remove(ref Entry entry, SlotSet slots)
    {
        if (entry.Count == 0) return;
        if (entry.Count == 1)
        {
            if (slots.Contains(entry.First)) entry.Count = 0;
            return;
        }
        int kept = 0;
        foreach (int slot in entry.Slots.AsSpan(0, entry.Count))
        {
            if (!slots.Contains(slot)) entry.Slots![kept++] = slot;
        }
        entry.Count = kept;
        if (kept > 0) entry.First = entry.Slots![0];
        if (kept <= 1) entry.Slots = null;
        else if (kept * 4 < entry.Slots!.Length) Array.Resize(ref entry.Slots, kept);
    }

    private int Find(ReadOnlySpan<byte> value)
    {
        int mask = _buckets.Length - 1;
        for (int at = Bucket(value, mask); _buckets[at] != 0; at = at + 1 & mask)
        {
            ref var entry = ref _entries[_buckets[at] - 1];
            if (value.SequenceEqual(_arena.AsSpan(entry.At, entry.Length))) return _buckets[at] - 1;
        }
        return -1;
    }

    private int Intern(ReadOnlySpan<byte> value)
    {
        if (_used + value.Length > _arena.Length) Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _used + value.Length));
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        value.CopyTo(_arena.AsSpan(_used));
        _entries[_count] = new Entry { At = _used, Length = value.Length };
        _used += value.Length;
        _count++;
        if (_count * 3 >= _buckets.Length * 2) Rehash(_buckets.Length * 2);
        else Place(_count - 1);
        return _count - 1;
    }

    private void Pack()
    {
        var (entries, count, arena) = (_entries, _count, _arena);
        _arena = new byte[Math.Max(64, _used / 2)];
        (_entries, _count, _used) = (new Entry[Math.Max(4, count / 2)], 0, 0);
        _buckets = new int[Math.Max(8, BitOperations.RoundUpToPowerOf2((uint)count))];
        for (int i = 0; i < count; i++)
        {
            if (entries[i].Count == 0) continue;
            int index = Intern(arena.AsSpan(entries[i].At, entries[i].Length));
            (_entries[index].Count, _entries[index].First, _entries[index].Slots) = (entries[i].Count, entries[i].First, entries[i].Slots);
        }
    }

    private void Rehash(int capacity)
    {
        _buckets = new int[capacity];
        for (int i = 0; i < _count; i++) Place(i);
    }

    private void Place(int index)
    {
        int mask = _buckets.Length - 1;
        int at = Bucket(_arena.AsSpan(_entries[index].At, _entries[index].Length), mask);
        while (_buckets[at] != 0) at = at + 1 & mask;
        _buckets[at] = index + 1;
    }

    private static int Bucket(ReadOnlySpan<byte> value, int mask) => (int)XxHash64.Of(value) & mask;
}

/// <summary>Sees one value of a label.</summary>
internal delegate void LabelValueVisitor(ReadOnlySpan<byte> value, int series);
