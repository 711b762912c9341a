using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Templates;

/// <summary>Formats floats as Go's strconv.FormatFloat: verbs e, E, f, F, g, G; precision -1 is the shortest text that reads back equal.</summary>
internal static class GoFloat
{
    private const int MaxPrecision = 1000; // more digits than a double has; keeps a printf("%.999999999f") small

    public static string Format(double value, char verb, int precision)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        precision = Math.Min(precision, MaxPrecision);
        return verb switch
        {
            'f' or 'F' when precision >= 0 => Sign(value) + Math.Abs(value).ToString("F" + Digits(precision), CultureInfo.InvariantCulture),
            'f' or 'F' => FloatText.FormatPlain(value),
            'e' or 'E' when precision >= 0 => Exponent(value, precision, verb),
            'e' or 'E' => ShortestExponent(value, verb),
            'G' when precision < 0 => FloatText.FormatGeneral(value).ToUpperInvariant(),
            _ when precision < 0 => FloatText.FormatGeneral(value),
            _ => General(value, Math.Max(precision, 1), verb == 'G' ? 'E' : 'e'),
        };
    }

    private static string Digits(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Sign(double value) => double.IsNegative(value) ? "-" : "";

    private static string Exponent(double value, int precision, char mark)
    {
        var (digits, exponent) = Scientific(Math.Abs(value).ToString("E" + Digits(precision), CultureInfo.InvariantCulture));
        return Sign(value) + WithExponent(digits, exponent, mark);
    }

    // %g drops trailing zeros and uses the exponent form below 1e-4 and from 10^precision on.
    private static string General(double value, int precision, char mark)
    {
        var (digits, exponent) = Scientific(Math.Abs(value).ToString("E" + Digits(precision - 1), CultureInfo.InvariantCulture));
        digits = digits.TrimEnd('0');
        if (digits.Length == 0) digits = "0";
        if (exponent < -4 || exponent >= precision) return Sign(value) + WithExponent(digits, exponent, mark);
        return Sign(value) + Plain(digits, exponent);
    }

    private static string ShortestExponent(double value, char mark)
    {
        var (digits, exponent) = FromShortest(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        return Sign(value) + WithExponent(digits, exponent, mark);
    }

    private static (string Digits, int Exponent) FromShortest(string text)
    {
        if (text == "0") return ("0", 0);
        int at = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = at < 0 ? text : text[..at];
        int shift = at < 0 ? 0 : int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int whole = point < 0 ? mantissa.Length : point;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        int zeros = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), whole - zeros - 1 + shift);
    }

    // "1.2345E+004" -> digits "12345", exponent 4.
    private static (string Digits, int Exponent) Scientific(string text)
    {
        int at = text.IndexOf('E', StringComparison.Ordinal);
        return (text[..at].Replace(".", "", StringComparison.Ordinal), int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string WithExponent(string digits, int exponent, char mark)
    {
        var text = new StringBuilder().Append(digits[0]);
        if (digits.Length > 1) text.Append('.').Append(digits, 1, digits.Length - 1);
        text.Append(mark).Append(exponent < 0 ? '-' : '+');
        return text.Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0) return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return digits.PadRight(exponent + 1, '0');
        return string.Concat(digits.AsSpan(0, exponent + 1), ".", digits.AsSpan(exponent + 1));
    }
}
