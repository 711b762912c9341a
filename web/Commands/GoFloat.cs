using System.Globalization;

namespace Streamline.Web.Commands;

/// <summary>
/// Numbers as Go's <c>%g</c> prints them, which <c>promtool tsdb dump</c> uses: shortest digits, and an exponent below 1e-4 and from 1e6
/// on, however many digits there are.
/// </summary>
internal static class GoFloat
{
    private const int LeastPlainExponent = -4, FirstExponent = 6;

    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        if (value == 0) return double.IsNegative(value) ? "-0" : "0";
        string plain = FloatDigits(Math.Abs(value), out int exponent);
        string sign = value < 0 ? "-" : "";
        if (exponent >= LeastPlainExponent && exponent < FirstExponent) return sign + Plain(plain, exponent);
        string rest = plain.Length > 1 ? "." + plain[1..] : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{plain[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):D2}");
    }

    /// <summary>Shortest digits that read back, and the decimal exponent of the first.</summary>
    private static string FloatDigits(double size, out int exponent)
    {
        string text = size.ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal), point;
        exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal), significant = digits.TrimStart('0');
        exponent -= digits.Length - significant.Length;
        return significant.TrimEnd('0');
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0');
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }
}
