using System.Text;

namespace Streamline.Pipeline.Host;

/// <summary>Remembers what was worked out for a text of a /proc file, so that it is worked out once and found again without a string.</summary>
internal sealed class NameTable<T>(Func<string, T> learn)
{
    // Devices come and go; a machine that makes up names without end must not fill the memory.
    private const int MaxEntries = 10_000;

    private readonly Dictionary<string, T> _known = [];

    public T this[ReadOnlySpan<byte> text]
    {
        get
        {
            Span<char> chars = stackalloc char[NameTable.MaxBytes];
            if (text.Length > NameTable.MaxBytes) return learn(Encoding.UTF8.GetString(text));
            var key = chars[..Encoding.UTF8.GetChars(text, chars)];
            return _known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var found) ? found : Learn(key.ToString());
        }
    }

    public T this[string text] => _known.TryGetValue(text, out var found) ? found : Learn(text);

    private T Learn(string text)
    {
        if (_known.Count == MaxEntries) _known.Clear();
        return _known[text] = learn(text);
    }
}

/// <summary>What all tables of names share.</summary>
internal static class NameTable
{
    /// <summary>Longer texts are worked out each time.</summary>
    public const int MaxBytes = 128;
}
