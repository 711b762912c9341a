using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Streamline.Storage;

/// <summary>
/// Floats as Prometheus writes them in its API: shortest digits that read back to the same value, plain notation, an exponent only below 1e-6 or from
/// 1e21; <c>NaN</c>, <c>+Inf</c>, <c>-Inf</c>. Allocates nothing.
/// </summary>
public static class FloatText
{
    /// <summary>Bytes that always suffice: sign, 17 digits, up to 21 places, point.</summary>
    public const int MaxBytes = 48;

    /// <summary>Writes the value; <paramref name="target"/> holds at least <see cref="MaxBytes"/>. Returns the bytes written.</summary>
    public static int Write(double value, Span<byte> target) => WriteWith(value, target, 1e-6, 1e21, 1);

    /// <summary>
    /// As expositions, pushes and dumps have it (Go's 'g' at its shortest): an exponent, of two digits at least, below 1e-4 and from 1e6 on. <see cref="MaxBytes"/>
    /// suffice here too.
    /// </summary>
    public static int WriteGeneral(double value, Span<byte> target) => WriteWith(value, target, 1e-4, 1e6, 2);

    /// <summary>Plain notation whatever the size (Go's 'f'), as label values of <c>count_values</c> and of normalised <c>le</c> have it. Up to 1,100 bytes.</summary>
    public static int WritePlain(double value, Span<byte> target) => WriteWith(value, target, 0, double.PositiveInfinity, 1);

    /// <summary><see cref="Write"/> as a string.</summary>
    public static string Format(double value)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        return System.Text.Encoding.ASCII.GetString(text[..Write(value, text)]);
    }

    /// <summary><see cref="WriteGeneral"/> as a string.</summary>
    public static string FormatGeneral(double value)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        return System.Text.Encoding.ASCII.GetString(text[..WriteGeneral(value, text)]);
    }

    /// <summary><see cref="WritePlain"/> as a string.</summary>
    public static string FormatPlain(double value)
    {
        Span<byte> text = stackalloc byte[1100];
        return System.Text.Encoding.ASCII.GetString(text[..WritePlain(value, text)]);
    }

    // exponentDigits is how many an exponent has at least. Compiled for this processor at its first call, as all that runs once a point of a large
    // answer: 200,000 points went through the code made ahead of time, at two and a half times the cost, before the runtime had replaced it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WriteWith(double value, Span<byte> target, double exponentBelow, double exponentFrom, int exponentDigits)
    {
        if (double.IsNaN(value)) return Copy("NaN"u8, target);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "+Inf"u8 : "-Inf"u8, target);
        double size = Math.Abs(value);
        if (size < 1e15 && size < exponentFrom && size == Math.Floor(size) && (size != 0 || !double.IsNegative(value)))
        {
            Utf8Formatter.TryFormat((long)value, target, out int whole);
            return whole;
        }
        return WriteDigits(value, target, size != 0 && (size < exponentBelow || size >= exponentFrom) ? exponentDigits : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WriteDigits(double value, Span<byte> target, int exponentDigits)
    {
        int used = 0;
        if (double.IsNegative(value)) target[used++] = (byte)'-';
        if (value == 0)
        {
            target[used++] = (byte)'0';
            return used;
        }
        Span<byte> buffer = stackalloc byte[DecimalDigits.BufferBytes];
        ReadOnlySpan<byte> digits = DecimalDigits.Significant(ShortestDigits.Of(Math.Abs(value), out int power), buffer, out int length);
        // The decimal exponent of the first digit.
        power += length - 1;
        return used + (exponentDigits > 0 ? Exponential(digits, power, exponentDigits, target[used..]) : Plain(digits, power, target[used..]));
    }

    private static int Exponential(ReadOnlySpan<byte> digits, int power, int exponentDigits, Span<byte> target)
    {
        int used = 0;
        target[used++] = digits[0];
        if (digits.Length > 1)
        {
            target[used++] = (byte)'.';
            digits[1..].CopyTo(target[used..]);
            used += digits.Length - 1;
        }
        target[used++] = (byte)'e';
        target[used++] = power < 0 ? (byte)'-' : (byte)'+';
        if (exponentDigits > 1 && power is > -10 and < 10) target[used++] = (byte)'0';
        Utf8Formatter.TryFormat(Math.Abs(power), target[used..], out int written);
        return used + written;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Plain(ReadOnlySpan<byte> digits, int power, Span<byte> target)
    {
        if (power < 0)
        {
            "0."u8.CopyTo(target);
            target.Slice(2, -power - 1).Fill((byte)'0');
            digits.CopyTo(target[(1 - power)..]);
            return 1 - power + digits.Length;
        }
        int whole = Math.Min(digits.Length, power + 1);
        digits[..whole].CopyTo(target);
        target[whole..(power + 1)].Fill((byte)'0');
        int used = power + 1;
        if (digits.Length <= used) return used;
        target[used++] = (byte)'.';
        digits[(power + 1)..].CopyTo(target[used..]);
        return used + digits.Length - power - 1;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> target)
    {
        text.CopyTo(target);
        return text.Length;
    }
}
