using System.Buffers.Text;

namespace Streamline.Pipeline.Host;

/// <summary>Walks lines and white-space separated fields of a /proc file in place.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private ReadOnlySpan<byte> _line = default;

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
    public double Number()
    {
        var field = Field();
        return Utf8Parser.TryParse(field, out double value, out int used) && used == field.Length ? value : double.NaN;
    }
}
