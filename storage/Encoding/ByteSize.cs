using System.Buffers;
using System.Globalization;

namespace Streamline.Storage;

/// <summary>A number of bytes as Prometheus's flags and files write it: numbers with units of 1024, <c>15MB</c>, <c>1.5GiB</c>, <c>1GB512MB</c>; <c>0</c> needs none.</summary>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("EB", 1L << 60), ("PB", 1L << 50), ("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>False for what is no size, and for more bytes than 63 bits hold.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ByteSize value)
    {
        value = default;
        if (text is "0") return true;
        double sum = 0;
        var rest = text;
        while (!rest.IsEmpty)
        {
            int unitAt = rest.IndexOfAnyExcept(Digits);
            if (unitAt <= 0 || !double.TryParse(rest[..unitAt], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount)) return false;
            rest = rest[unitAt..];
            int unitEnd = rest.IndexOfAny(Digits);
            if (UnitOf(unitEnd < 0 ? rest : rest[..unitEnd]) is not (> 0 and var unit)) return false;
            sum += amount * unit;
            rest = unitEnd < 0 ? [] : rest[unitEnd..];
        }
        if (text.IsEmpty || sum >= long.MaxValue) return false;
        value = new ByteSize((long)sum);
        return true;
    }

    /// <summary>The text that reads back to it, in the largest unit that divides it.</summary>
    public override string ToString()
    {
        if (Bytes == 0) return "0";
        long bytes = Bytes;
        var (unit, size) = Units.First(u => bytes % u.Bytes == 0);
        return (bytes / size).ToString(CultureInfo.InvariantCulture) + unit;
    }

    // Both spellings, KB and KiB, mean 1024.
    private static long UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (text.SequenceEqual(unit) || (unit.Length == 2 && text is [var letter, 'i', 'B'] && letter == unit[0])) return bytes;
        }
        return 0;
    }
}
