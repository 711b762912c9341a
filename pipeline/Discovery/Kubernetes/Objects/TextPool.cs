using System.Text;
using System.Text.Json;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Short texts that were read lately, one in each slot of a table: a text that another one of its slot has pushed out is made anew. Thread safe without a lock, since a
/// slot is one reference and a lost one costs a copy.
/// </summary>
internal static class TextPool
{
    // Names, images and label values; annotations with documents in them are nobody else's.
    private const int MaxPooledBytes = 128;
    private const int Slots = 1 << 14;

    private static readonly string?[] Table = new string?[Slots];

    /// <summary>The text of a name or a value; null gives the empty text.</summary>
    /// <exception cref="JsonException">It is no text.</exception>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return "";
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw new JsonException("a text was expected");
        bool isPlain = !reader.HasValueSequence && !reader.ValueIsEscaped && reader.ValueSpan.Length <= MaxPooledBytes;
        return isPlain ? Of(reader.ValueSpan) : reader.GetString()!;
    }

    private static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref string? slot = ref Table[hash.ToHashCode() & (Slots - 1)];
        string? known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(utf8, known)) return known;
        string text = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, text);
        return text;
    }
}
