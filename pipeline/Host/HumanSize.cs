namespace Streamline.Pipeline.Host;

/// <summary>Sizes as file systems print them for people: <c>1.5k</c>, <c>3G</c>, powers of 1024.</summary>
internal static class HumanSize
{
    // The digits behind bcache's point are tenths of 1.024: what remains of a power of 1024 in hundredths of it.
    private const double BcacheFraction = 10.24;

    private const string Units = "kMGTPEZY";

    /// <summary>Whole bytes, as bcache writes them, a sign allowed; NaN when it is none.</summary>
    public static double ParseBcache(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("-"u8)) return -ParseBcache(text[1..]);
        if (text.IsEmpty) return double.NaN;
        if (text[^1] <= '9') return Math.Truncate(FieldReader.Parse(text));
        int unit = Units.IndexOf((char)text[^1], StringComparison.Ordinal);
        text = text[..^1];
        int point = text.IndexOf((byte)'.');
        double number = FieldReader.Parse(point < 0 ? text : text[..point]);
        if (point >= 0) number += FieldReader.Parse(text[(point + 1)..]) / BcacheFraction;
        return unit < 0 ? 0 : Math.Truncate(number * Math.Pow(1024, unit + 1));
    }

    /// <summary>Whole bytes, the unit in either case; NaN when it is none.</summary>
    public static double Parse(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r\n"u8);
        if (text.IsEmpty) return double.NaN;
        int unit = Units.IndexOf((char)text[^1], StringComparison.OrdinalIgnoreCase);
        if (unit < 0) return Math.Truncate(FieldReader.Parse(text));
        return Math.Truncate(FieldReader.Parse(text[..^1].TrimEnd(" "u8)) * Math.Pow(1024, unit + 1));
    }
}
