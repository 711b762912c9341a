using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>Go's Sprint, Sprintln and Sprintf over template values, with Go's texts for wrong verbs, missing and surplus operands.</summary>
internal static class GoPrintf
{
    private const int MaxWidth = 10_000; // a width is padding in the output: refuse what no message needs

    public static string Print(ReadOnlySpan<object?> arguments)
    {
        var target = new StringBuilder();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0 && arguments[i] is not string && arguments[i - 1] is not string) target.Append(' ');
            GoValue.Append(target, arguments[i]);
        }
        return target.ToString();
    }

    public static string PrintLine(ReadOnlySpan<object?> arguments)
    {
        var target = new StringBuilder();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) target.Append(' ');
            GoValue.Append(target, arguments[i]);
        }
        return target.Append('\n').ToString();
    }

    public static string Format(string format, ReadOnlySpan<object?> arguments)
    {
        var target = new StringBuilder();
        int next = 0, at = 0;
        while (at < format.Length)
        {
            int percent = format.IndexOf('%', at);
            if (percent < 0) percent = format.Length;
            target.Append(format, at, percent - at);
            at = percent + 1;
            if (percent >= format.Length) break;
            var verb = Spec.Parse(format, ref at, arguments, ref next);
            if (verb.Verb == "") target.Append("%!(NOVERB)");
            else if (verb.Verb == "%") target.Append('%');
            else if (next >= arguments.Length) target.Append("%!").Append(verb.Verb).Append("(MISSING)");
            else AppendVerb(target, verb, arguments[next++]);
        }
        if (next < arguments.Length) AppendExtra(target, arguments[next..]);
        return target.ToString();
    }

    private readonly record struct Spec(string Verb, bool Minus, bool Plus, bool Sharp, bool Space, bool Zero, int Width, int Precision)
    {
        public static Spec Parse(string format, ref int at, ReadOnlySpan<object?> arguments, ref int next)
        {
            bool minus = false, plus = false, sharp = false, space = false, zero = false;
            for (; at < format.Length; at++)
            {
                char c = format[at];
                if (c == '-') minus = true;
                else if (c == '+') plus = true;
                else if (c == '#') sharp = true;
                else if (c == ' ') space = true;
                else if (c == '0') zero = true;
                else break;
            }
            int width = Count(format, ref at, arguments, ref next) ?? 0;
            if (width < 0) (minus, width) = (true, -width);
            int precision = -1;
            if (at < format.Length && format[at] == '.')
            {
                at++;
                precision = Count(format, ref at, arguments, ref next) ?? 0;
            }
            if (at >= format.Length) return new Spec("", minus, plus, sharp, space, zero, width, precision);
            int length = char.IsHighSurrogate(format[at]) && at + 1 < format.Length ? 2 : 1;
            string verb = format.Substring(at, length);
            at += length;
            return new Spec(verb, minus, plus, sharp, space, zero && !minus, width, precision);
        }

        private static int? Count(string format, ref int at, ReadOnlySpan<object?> arguments, ref int next)
        {
            if (at < format.Length && format[at] == '*')
            {
                at++;
                if (next >= arguments.Length || arguments[next++] is not long given) throw new TemplateException("printf: width or precision is not an int");
                return Check(given);
            }
            int start = at;
            while (at < format.Length && char.IsAsciiDigit(format[at])) at++;
            if (at == start) return null;
            return long.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? Check(count) : Check(long.MaxValue);
        }

        private static int Check(long count) =>
            Math.Abs((decimal)count) <= MaxWidth ? (int)count : throw new TemplateException("printf: width or precision is too large");
    }

    private static void AppendVerb(StringBuilder target, Spec spec, object? argument)
    {
        char verb = spec.Verb[0];
        string? text = verb switch
        {
            'v' => General(spec, argument),
            'T' => GoValue.TypeName(argument),
            't' when argument is bool flag => flag ? "true" : "false",
            'd' or 'b' or 'o' or 'x' or 'X' or 'c' or 'U' or 'q' when argument is long number => Integer(spec, verb, number),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' when argument is double number => Float(spec, verb, number),
            's' or 'q' or 'x' or 'X' when argument is string given => Characters(spec, verb, given),
            's' when argument is TemplateDuration or TemplateTime => GoValue.Text(argument),
            'd' when argument is TemplateDuration duration => Integer(spec, verb, duration.Nanoseconds),
            _ when argument is TemplateMap or IReadOnlyList<object?> => Elements(spec, argument),
            _ => null,
        };
        if (text is null) AppendBad(target, spec, argument);
        else Pad(target, spec, text, argument is long or double && verb is not ('c' or 'q' or 'U' or 'T'));
    }

    private static string General(Spec spec, object? argument) => argument switch
    {
        double number => Float(spec, 'g', number),
        long number => Integer(spec, 'd', number),
        string text when spec.Sharp => GoQuote.Quote(text),
        _ => GoValue.Text(argument),
    };

    private static string Integer(Spec spec, char verb, long value)
    {
        switch (verb)
        {
            case 'c': return Rune.IsValid((int)Math.Clamp(value, int.MinValue, int.MaxValue)) ? new Rune((int)value).ToString() : "\uFFFD";
            case 'q': return $"'{(Rune.IsValid((int)Math.Clamp(value, int.MinValue, int.MaxValue)) ? new Rune((int)value).ToString() : "\uFFFD")}'";
            case 'U': return "U+" + value.ToString("X4", CultureInfo.InvariantCulture);
        }
        ulong magnitude = value < 0 ? (ulong)-value : (ulong)value;
        string digits = verb switch
        {
            'b' => magnitude.ToString("b", CultureInfo.InvariantCulture),
            'o' => Octal(magnitude),
            'x' => magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => magnitude.ToString("X", CultureInfo.InvariantCulture),
            _ => magnitude.ToString(CultureInfo.InvariantCulture),
        };
        if (spec.Precision > 0) digits = digits.PadLeft(spec.Precision, '0');
        if (spec.Sharp) digits = verb switch { 'x' => "0x", 'X' => "0X", 'o' => "0", 'b' => "0b", _ => "" } + digits;
        return SignOf(spec, value < 0) + digits;
    }

    private static string Octal(ulong value)
    {
        var digits = new StringBuilder();
        do digits.Insert(0, (char)('0' + (value & 7)));
        while ((value >>= 3) != 0);
        return digits.ToString();
    }

    private static string Float(Spec spec, char verb, double value)
    {
        int precision = spec.Precision >= 0 ? spec.Precision : verb is 'g' or 'G' ? -1 : 6;
        string text = GoFloat.Format(value, verb, precision);
        if (text[0] is '-' or '+' || double.IsNaN(value)) return text;
        return SignOf(spec, false) + text;
    }

    private static string SignOf(Spec spec, bool negative) => negative ? "-" : spec.Plus ? "+" : spec.Space ? " " : "";

    private static string Characters(Spec spec, char verb, string text)
    {
        if (spec.Precision >= 0 && verb is 's' or 'q') text = Cut(text, spec.Precision);
        return verb switch
        {
            'q' => spec.Sharp && !text.Contains('`', StringComparison.Ordinal) ? $"`{text}`" : GoQuote.Quote(text),
            'x' => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
            'X' => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
            _ => text,
        };
    }

    private static string Cut(string text, int runes)
    {
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (runes-- == 0) return text[..at];
            at += rune.Utf16SequenceLength;
        }
        return text;
    }

    // A verb on a map or list goes to its elements, as in Go.
    private static string Elements(Spec spec, object argument)
    {
        var target = new StringBuilder(argument is TemplateMap ? "map[" : "[");
        bool first = true;
        if (argument is TemplateMap map)
        {
            foreach (var (key, value) in map.Entries)
            {
                if (!first) target.Append(' ');
                first = false;
                AppendVerb(target, spec, key);
                target.Append(':');
                AppendVerb(target, spec, value);
            }
        }
        else
        {
            foreach (object? value in (IReadOnlyList<object?>)argument)
            {
                if (!first) target.Append(' ');
                first = false;
                AppendVerb(target, spec, value);
            }
        }
        return target.Append(']').ToString();
    }

    private static void Pad(StringBuilder target, Spec spec, string text, bool number)
    {
        int missing = spec.Width - new StringInfo(text).LengthInTextElements;
        if (missing <= 0) target.Append(text);
        else if (spec.Minus) target.Append(text).Append(' ', missing);
        else if (spec.Zero && number && char.IsAsciiDigit(text[^1]))
        {
            int sign = text[0] is '-' or '+' or ' ' ? 1 : 0;
            target.Append(text, 0, sign).Append('0', missing).Append(text, sign, text.Length - sign);
        }
        else target.Append(' ', missing).Append(text);
    }

    private static void AppendBad(StringBuilder target, Spec spec, object? argument)
    {
        target.Append("%!").Append(spec.Verb).Append('(');
        if (argument is null) target.Append("<nil>");
        else
        {
            target.Append(GoValue.TypeName(argument)).Append('=');
            GoValue.Append(target, argument);
        }
        target.Append(')');
    }

    private static void AppendExtra(StringBuilder target, ReadOnlySpan<object?> extra)
    {
        target.Append("%!(EXTRA ");
        for (int i = 0; i < extra.Length; i++)
        {
            if (i > 0) target.Append(", ");
            if (extra[i] is null)
            {
                target.Append("<nil>");
                continue;
            }
            target.Append(GoValue.TypeName(extra[i])).Append('=');
            GoValue.Append(target, extra[i]);
        }
        target.Append(')');
    }
}
