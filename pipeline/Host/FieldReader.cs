using System.Buffers.Text;

namespace Streamline.Pipeline.Host;

/// <summary>Walks lines and white-space separated fields of a /proc file in place.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private ReadOnlySpan<byte> _line = default;

    /// <summary>What is left of the line.</summary>
    public readonly ReadOnlySpan<byte> Line => _line;

    /// <summary>Moves to the next line; false at the end.</summary>
    public bool NextLine()
    {
        if (_rest.IsEmpty) return false;
        int end = _rest.IndexOf((byte)'\n');
        _line = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return true;
    }

    /// <summary>The next field of the line, empty at its end.</summary>
    public ReadOnlySpan<byte> Field() => Until(" \t"u8);

    /// <summary>Passes over fields.</summary>
    public void Skip(int fields)
    {
        for (int i = 0; i < fields; i++) _ = Field();
    }

    /// <summary>The next field, ended by any of the bytes, which are passed over in front of it.</summary>
    public ReadOnlySpan<byte> Until(ReadOnlySpan<byte> separators)
    {
        int start = _line.IndexOfAnyExcept(separators);
        if (start < 0)
        {
            _line = default;
            return default;
        }
        _line = _line[start..];
        int end = _line.IndexOfAny(separators);
        var field = end < 0 ? _line : _line[..end];
        _line = end < 0 ? default : _line[(end + 1)..];
        return field;
    }

    /// <summary>The next field as a number; NaN when there is none.</summary>
    public double Number() => Parse(Field());

    /// <summary>The next field as a hexadecimal number; NaN when there is none.</summary>
    public double Hex() => ParseHex(Field());

    /// <summary>A text that is a decimal number; NaN when it is none.</summary>
    public static double Parse(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out double value, out int used) && used == text.Length ? value : double.NaN;

    /// <summary>A text that is a hexadecimal number without a prefix; NaN when it is none.</summary>
    public static double ParseHex(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out ulong value, out int used, 'x') && used == text.Length ? value : double.NaN;

    /// <summary>A whole number as C writes it, with 0x in front when it is hexadecimal; NaN when it is none.</summary>
    public static double ParseC(ReadOnlySpan<byte> text) => text.StartsWith("0x"u8) ? ParseHex(text[2..]) : Parse(text);
}
