namespace Streamline.Pipeline.Exposition;

/// <summary>Where something stands: line and column from 1, the column in characters.</summary>
internal readonly record struct Place(int Line, int Column)
{
    public static Place Of(int line, ReadOnlySpan<byte> text, int offset) => new(line, CharactersIn(text[..Math.Min(offset, text.Length)]) + 1);

    /// <summary>Code points of valid UTF-8: all bytes but those that continue one.</summary>
    public static int CharactersIn(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text) count += (b & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }
}
