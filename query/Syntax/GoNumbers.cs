using System.Globalization;
using System.Text;

namespace Streamline.Query.Syntax;

/// <summary>Numbers as Go prints them: the shortest digits that read back, with or without an exponent.</summary>
internal static class GoNumbers
{
    /// <summary>Go's format <c>'f', -1</c>: never an exponent.</summary>
    public static void AppendPlain(StringBuilder target, double value)
    {
        if (TryAppendSpecial(target, value)) return;
        (string digits, int point) = Shortest(value);
        if (double.IsNegative(value)) target.Append('-');
        AppendDigits(target, digits, point);
    }

    /// <summary>Go's verbs <c>%g</c> and <c>%v</c>: an exponent below 1e-4 and from 1e6.</summary>
    public static void AppendGeneral(StringBuilder target, double value)
    {
        if (TryAppendSpecial(target, value)) return;
        (string digits, int point) = Shortest(value);
        if (point is > -4 and <= 6 || value == 0)
        {
            AppendPlain(target, value);
            return;
        }
        if (double.IsNegative(value)) target.Append('-');
        AppendDigits(target, digits, 1);
        target.Append(CultureInfo.InvariantCulture, $"e{(point > 0 ? '+' : '-')}{Math.Abs(point - 1):00}");
    }

    /// <summary>Go's verb <c>%.2g</c>: two digits, an exponent below 1e-4 and from 100.</summary>
    public static void AppendTwoDigits(StringBuilder target, double value)
    {
        if (double.IsFinite(value)) value = double.Parse(value.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if (!double.IsFinite(value) || Math.Abs(value) < 99.5)
        {
            AppendGeneral(target, value);
            return;
        }
        (string digits, int point) = Shortest(value);
        if (double.IsNegative(value)) target.Append('-');
        AppendDigits(target, digits, 1);
        target.Append(CultureInfo.InvariantCulture, $"e+{point - 1:00}");
    }

    /// <summary>
    /// Reads a number that the lexer has delimited: an integer in Go's notation (0x and leading 0 count), else a float. The reason of a failure is Go's.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value, out string reason)
    {
        reason = "";
        string digits = text.ToString().Replace("_", "", StringComparison.Ordinal);
        if (TryParseInteger(digits, out value)) return true;
        if (digits.Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = double.PositiveInfinity;
            return true;
        }
        if (digits.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = Streamline.Storage.StaleMarker.NormalNaN;
            return true;
        }
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)) reason = "invalid syntax";
        else if (double.IsInfinity(value)) reason = "value out of range";
        if (reason.Length == 0) return true;
        reason = $"strconv.ParseFloat: parsing {GoStrings.Quote(text)}: {reason}";
        return false;
    }

    private static bool TryParseInteger(string digits, out double value)
    {
        value = 0;
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        int radix = hex ? 16 : digits.StartsWith('0') ? 8 : 10;
        string body = hex ? digits[2..] : digits;
        UInt128 sum = 0;
        foreach (char c in body)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || sum > long.MaxValue) return false;
            sum = (sum * (UInt128)radix) + (UInt128)digit;
        }
        value = (double)sum;
        return body.Length > 0 && sum <= long.MaxValue;
    }

    private static bool TryAppendSpecial(StringBuilder target, double value)
    {
        if (double.IsFinite(value)) return false;
        target.Append(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
        return true;
    }

    /// <summary>Significant digits and the place of the decimal point: 0.digits * 10^point.</summary>
    private static (string Digits, int Point) Shortest(double value)
    {
        string text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        int point = (dot < 0 ? mantissa.Length : dot) + exponent;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        point -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? ("0", 1) : (significant, point);
    }

    private static void AppendDigits(StringBuilder target, string digits, int point)
    {
        if (point <= 0)
        {
            target.Append("0.").Append('0', -point).Append(digits);
            return;
        }
        if (point >= digits.Length)
        {
            target.Append(digits).Append('0', point - digits.Length);
            return;
        }
        target.Append(digits, 0, point).Append('.').Append(digits, point, digits.Length - point);
    }
}
