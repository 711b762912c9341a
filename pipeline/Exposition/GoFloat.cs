using System.Globalization;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Floats as Go's strconv prints them with format 'g' and the shortest precision that reads back the same: with an exponent (two digits at
/// least) below 1e-4 and from 1e6 on, so a million is 1e+06.
/// </summary>
internal static class GoFloat
{
    /// <summary>Room that always suffices: sign, 17 digits, point, zeros, exponent.</summary>
    public const int MaxBytes = 40;

    // 5e-324 is the longest: a point, 324 places and what stands before them.
    private const int MaxPlainBytes = 360;

    /// <summary>The shortest form; returns the length.</summary>
    public static int Write(double value, Span<byte> target)
    {
        if (double.IsNaN(value)) return Copy("NaN"u8, target);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "+Inf"u8 : "-Inf"u8, target);
        if (value == 0) return Copy(double.IsNegative(value) ? "-0"u8 : "0"u8, target);
        Span<byte> digits = stackalloc byte[MaxBytes];
        int count = ShortestDigits(Math.Abs(value), digits, out int pointAt);
        int at = 0;
        if (value < 0) target[at++] = (byte)'-';
        return at + Lay(digits[..count], pointAt, target[at..]);
    }

    /// <summary>OpenMetrics's form of label values: the shortest form, with ".0" where it shows neither point nor exponent.</summary>
    public static int WriteOpenMetrics(double value, Span<byte> target)
    {
        int length = Write(value, target);
        if (!double.IsFinite(value) || target[..length].IndexOfAny((byte)'.', (byte)'e') >= 0) return length;
        ".0"u8.CopyTo(target[length..]);
        return length + 2;
    }

    /// <summary>The shortest form without an exponent, Go's format 'f'.</summary>
    public static string Plain(double value)
    {
        Span<byte> text = stackalloc byte[MaxPlainBytes], digits = stackalloc byte[MaxBytes];
        if (!double.IsFinite(value) || value == 0) return System.Text.Encoding.ASCII.GetString(text[..Write(value, text)]);
        int count = ShortestDigits(Math.Abs(value), digits, out int pointAt);
        int length = LayPlain(digits[..count], pointAt, text);
        return (value < 0 ? "-" : "") + System.Text.Encoding.ASCII.GetString(text[..length]);
    }

    // .NET's shortest text has the same digits; only its layout differs. pointAt is the decimal point's place counted from the first digit.
    private static int ShortestDigits(double value, Span<byte> digits, out int pointAt)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        if (!value.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture)) throw new System.Diagnostics.UnreachableException();
        text = text[..length];
        int count = 0, exponent = 0, exponentAt = text.IndexOf((byte)'E');
        if (exponentAt >= 0)
        {
            exponent = int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..exponentAt];
        }
        int point = text.IndexOf((byte)'.');
        pointAt = exponent + (point < 0 ? text.Length : point);
        foreach (byte b in text)
        {
            if (b == '.') continue;
            if (b == '0' && count == 0) pointAt--;
            else digits[count++] = b;
        }
        while (count > 1 && digits[count - 1] == '0') count--;
        return count;
    }

    private static int Lay(ReadOnlySpan<byte> digits, int pointAt, Span<byte> target) =>
        UsesExponent(pointAt - 1) ? LayExponent(digits, pointAt - 1, target) : LayPlain(digits, pointAt, target);

    // strconv/ftoa.go takes precision 6 for this decision when the precision is the shortest.
    private static bool UsesExponent(int exponent) => exponent is < -4 or >= 6;

    private static int LayExponent(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        int at = 0;
        target[at++] = digits[0];
        if (digits.Length > 1)
        {
            target[at++] = (byte)'.';
            digits[1..].CopyTo(target[at..]);
            at += digits.Length - 1;
        }
        target[at++] = (byte)'e';
        target[at++] = (byte)(exponent < 0 ? '-' : '+');
        Math.Abs(exponent).TryFormat(target[at..], out int length, "D2", CultureInfo.InvariantCulture);
        return at + length;
    }

    private static int LayPlain(ReadOnlySpan<byte> digits, int pointAt, Span<byte> target)
    {
        if (pointAt <= 0)
        {
            "0."u8.CopyTo(target);
            target.Slice(2, -pointAt).Fill((byte)'0');
            digits.CopyTo(target[(2 - pointAt)..]);
            return 2 - pointAt + digits.Length;
        }
        if (pointAt >= digits.Length)
        {
            digits.CopyTo(target);
            target[digits.Length..pointAt].Fill((byte)'0');
            return pointAt;
        }
        digits[..pointAt].CopyTo(target);
        target[pointAt] = (byte)'.';
        digits[pointAt..].CopyTo(target[(pointAt + 1)..]);
        return digits.Length + 1;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> target)
    {
        text.CopyTo(target);
        return text.Length;
    }
}
