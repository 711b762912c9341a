namespace Streamline.Storage.Head;

/// <summary>A set of slots as bits.</summary>
internal sealed class SlotSet(int capacity)
{
    private ulong[] _words = new ulong[(capacity >> 6) + 1];

    public void Add(int slot)
    {
        int word = slot >> 6;
        if (word >= _words.Length) Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        _words[word] |= 1UL << slot;
    }

    public void AddAll(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots) Add(slot);
    }

    public bool Contains(int slot) => slot >> 6 < _words.Length && (_words[slot >> 6] & 1UL << slot) != 0;
}
