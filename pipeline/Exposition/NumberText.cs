using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Numbers of the text formats, accepted as Prometheus's parser accepts them (Go's ParseFloat without hexadecimal and underscores).
/// Hot path: up to 2^53 as digits and a power of ten up to 22 are exact in one multiplication or division; the rest goes to the framework.
/// </summary>
internal static class NumberText
{
    // More leading digits than these could overflow the mantissa's ulong.
    private const int MaxDigits = 19;
    private const ulong MaxExactMantissa = 1UL << 53;
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads the whole token. Every NaN becomes the normal NaN, so that no target can write a stale marker.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParse(ReadOnlySpan<byte> token, out double value)
    {
        value = 0;
        if (token.IsEmpty) return false;
        int at = token[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        if (at == token.Length) return false;
        if (token[at] is not (>= (byte)'0' and <= (byte)'9') and not (byte)'.') return TryParseSpecial(token, at, out value);
        return TryParseExact(token, at, out value) || TryParseSlow(token, out value);
    }

    /// <summary>A signed integer of milliseconds; the whole token.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> token, out long value) =>
        long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && token[^1] != 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryParseExact(ReadOnlySpan<byte> token, int at, out double value)
    {
        value = 0;
        ulong mantissa = 0;
        int digits = 0, scale = 0;
        bool point = false;
        for (; at < token.Length; at++)
        {
            uint digit = (uint)token[at] - '0';
            if (digit <= 9)
            {
                if (++digits > MaxDigits) return false;
                mantissa = mantissa * 10 + digit;
                if (point) scale--;
            }
            else if (token[at] == '.' && !point) point = true;
            else break;
        }
        if (digits == 0 || mantissa > MaxExactMantissa) return false;
        if (at < token.Length && !TryParseExponent(token[at..], ref scale)) return false;
        if (scale is < -22 or > 22) return false;
        value = scale < 0 ? mantissa / PowersOfTen[-scale] : mantissa * PowersOfTen[scale];
        if (token[0] == '-') value = -value;
        return true;
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, ref int scale)
    {
        if (text[0] is not ((byte)'e' or (byte)'E') || text.Length is < 2 or > 5) return false;
        int at = text[1] is (byte)'-' or (byte)'+' ? 2 : 1;
        if (at == text.Length) return false;
        int exponent = 0;
        foreach (byte b in text[at..])
        {
            uint digit = (uint)b - '0';
            if (digit > 9) return false;
            exponent = exponent * 10 + (int)digit;
        }
        scale += text[1] == '-' ? -exponent : exponent;
        return true;
    }

    // Too large a number is an error in Go, infinity in .NET, which also passes over zero bytes at the end.
    private static bool TryParseSlow(ReadOnlySpan<byte> token, out double value) =>
        double.TryParse(token, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value) && token[^1] != 0;

    private static bool TryParseSpecial(ReadOnlySpan<byte> token, int at, out double value)
    {
        value = token[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        var word = token[at..];
        if (Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8)) return true;
        value = StaleMarker.NormalNaN;
        return at == 0 && Ascii.EqualsIgnoreCase(word, "nan"u8);
    }
}
