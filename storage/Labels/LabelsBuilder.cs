namespace Streamline.Storage;

/// <summary>
/// Builds label sets from pairs in any order; reusable after <see cref="Clear"/>. Of two equal names the last wins, an empty value removes.
/// Holds a byte arena and no string per label; not thread safe.
/// </summary>
public sealed class LabelsBuilder
{
    // Most names and values of labels; longer ones are encoded in an array.
    private const int StackBytes = 512;

    private byte[] _arena = new byte[256];
    private int _used;
    private Entry[] _entries = new Entry[16];
    private int _count;

    private record struct Entry(int NameAt, int NameLength, int ValueAt, int ValueLength);

    /// <summary>Pairs held, empty values included.</summary>
    public int Count => _count;

    /// <summary>Forgets all pairs, keeps the memory.</summary>
    public void Clear() => (_used, _count) = (0, 0);

    /// <summary>Starts over from an existing label set.</summary>
    public LabelsBuilder Reset(Labels labels)
    {
        Clear();
        // Names of a label set differ already: nothing is looked for.
        foreach (var pair in labels) Append(pair.Name, pair.Value);
        return this;
    }

    /// <summary>Sets a pair; an empty value removes the label.</summary>
    public LabelsBuilder Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int index = IndexOf(name);
        if (index < 0)
        {
            if (!value.IsEmpty) Append(name, value);
            return this;
        }
        int valueAt = Store(value);
        ref var entry = ref _entries[index];
        entry.ValueAt = valueAt;
        entry.ValueLength = value.Length;
        return this;
    }

    /// <summary>Sets a pair; an empty value removes the label.</summary>
    public LabelsBuilder Set(string name, string value)
    {
        if (System.Text.Encoding.UTF8.GetMaxByteCount(name.Length + value.Length) > StackBytes) return Set(System.Text.Encoding.UTF8.GetBytes(name), System.Text.Encoding.UTF8.GetBytes(value));
        Span<byte> text = stackalloc byte[StackBytes];
        int nameBytes = System.Text.Encoding.UTF8.GetBytes(name, text), valueBytes = System.Text.Encoding.UTF8.GetBytes(value, text[nameBytes..]);
        return Set(text[..nameBytes], text.Slice(nameBytes, valueBytes));
    }

    /// <summary>Removes a label.</summary>
    public LabelsBuilder Remove(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name);
        if (index >= 0) _entries[index] = _entries[--_count];
        return this;
    }

    /// <summary>Current value, empty when absent; the span is valid until the next change.</summary>
    public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name);
        return index < 0 ? default : ValueAt(index);
    }

    /// <summary>Name of the pair at an index below <see cref="Count"/>, in no particular order; valid until the next change.</summary>
    public ReadOnlySpan<byte> NameAt(int index) => _arena.AsSpan(_entries[index].NameAt, _entries[index].NameLength);

    /// <summary>Value of the pair at an index; valid until the next change.</summary>
    public ReadOnlySpan<byte> ValueAt(int index) => _arena.AsSpan(_entries[index].ValueAt, _entries[index].ValueLength);

    /// <summary>The label set, sorted, without empty values.</summary>
    public Labels Build()
    {
        Sort();
        var order = _entries.AsSpan(0, _count);
        int size = 0;
        foreach (ref readonly var entry in order)
        {
            if (entry.ValueLength > 0) size += LabelsEncoding.SizeOf(entry.NameLength) + LabelsEncoding.SizeOf(entry.ValueLength);
        }
        if (size == 0) return Labels.Empty;
        byte[] buffer = new byte[size];
        int at = 0;
        foreach (ref readonly var entry in order)
        {
            if (entry.ValueLength == 0) continue;
            at += LabelsEncoding.Write(buffer.AsSpan(at), _arena.AsSpan(entry.NameAt, entry.NameLength));
            at += LabelsEncoding.Write(buffer.AsSpan(at), _arena.AsSpan(entry.ValueAt, entry.ValueLength));
        }
        return new Labels(buffer);
    }

    // Few, and nearly always in order already: most came out of a label set. A comparison given to Span.Sort was 15% of all that rules allocated. Quadratic as Set is.
    private void Sort()
    {
        for (int next = 1; next < _count; next++)
        {
            var entry = _entries[next];
            var name = NameAt(next);
            int at = next;
            for (; at > 0 && NameAt(at - 1).SequenceCompareTo(name) > 0; at--) _entries[at] = _entries[at - 1];
            _entries[at] = entry;
        }
    }

    private void Append(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        int index = _count++;
        int nameAt = Store(name), valueAt = Store(value);
        _entries[index] = new Entry(nameAt, name.Length, valueAt, value.Length);
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
        {
            if (NameAt(i).SequenceEqual(name)) return i;
        }
        return -1;
    }

    // The text may lie in this very arena, so growth keeps the old array alive through the span.
    private int Store(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, Labels.MaxStringBytes);
        if (_used + text.Length > _arena.Length) Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _used + text.Length));
        text.CopyTo(_arena.AsSpan(_used));
        int at = _used;
        _used += text.Length;
        return at;
    }
}
