using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Templates;

/// <summary>
/// Go's view of the values that templates handle: string, double (float64), long (int), bool, null, <see cref="TemplateMap"/>, lists,
/// <see cref="TemplateSample"/>, <see cref="TemplateData"/>, times and durations.
/// </summary>
internal static class GoValue
{
    /// <summary>Truth as <c>if</c> sees it: empty and zero are false.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        TemplateMap map => map.Entries.Count > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        TemplateDuration duration => duration.Nanoseconds != 0,
        _ => true,
    };

    /// <summary>Go's name of the value's type, for messages and <c>%T</c>.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        bool => "bool",
        string => "string",
        long => "int",
        double => "float64",
        TemplateMap map => map.Entries.Any(e => e.Value is not string) ? "map[string]interface {}" : "map[string]string",
        IReadOnlyList<object?> => "template.queryResult",
        TemplateSample => "*template.sample",
        TemplateDuration => "time.Duration",
        TemplateTime => "time.Time",
        _ => "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value float64 }",
    };

    /// <summary>Writes a value as <c>%v</c>.</summary>
    public static void Append(StringBuilder target, object? value)
    {
        switch (value)
        {
            case null: target.Append("<nil>"); break;
            case string text: target.Append(text); break;
            case bool flag: target.Append(flag ? "true" : "false"); break;
            case long number: target.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: target.Append(GoFloat.Format(number, 'g', -1)); break;
            case TemplateDuration duration: target.Append(GoTime.Text(duration)); break;
            case TemplateTime time: target.Append(GoTime.Text(time)); break;
            case TemplateMap map: AppendMap(target, map); break;
            case IReadOnlyList<object?> list: AppendList(target, list); break;
            case TemplateSample sample: AppendFields(target, "&{", sample.Labels, sample.Value); break;
            case TemplateData data: AppendFields(target, "{", data.Labels, data.ExternalLabels, data.ExternalUrl, data.Value); break;
            default: throw new TemplateException($"cannot print a value of type {TypeName(value)}");
        }
    }

    /// <summary>A value as <c>%v</c>.</summary>
    public static string Text(object? value)
    {
        if (value is string text) return text;
        var target = new StringBuilder();
        Append(target, value);
        return target.ToString();
    }

    /// <summary>A number from what a function was given: numbers, durations in seconds, and strings that read as floats.</summary>
    public static double ToFloat(object? value) => value switch
    {
        double number => number,
        long number => number,
        TemplateDuration duration => duration.Nanoseconds / 1e9,
        string text => ParseFloat(text),
        _ => throw new TemplateException($"can't convert {TypeName(value)} to float"),
    };

    private static double ParseFloat(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
            && (double.IsFinite(number) || IsNamed(text)))
        {
            return number;
        }
        return text.TrimStart('+', '-').ToUpperInvariant() switch
        {
            "INF" or "INFINITY" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "NAN" when text.Length == 3 => double.NaN,
            _ => throw new TemplateException($"strconv.ParseFloat: parsing {GoQuote.Quote(text)}: invalid syntax"),
        };
    }

    private static bool IsNamed(string text) => text.AsSpan().IndexOfAny("nN") >= 0;

    private static void AppendMap(StringBuilder target, TemplateMap map)
    {
        target.Append("map[");
        for (int i = 0; i < map.Entries.Count; i++)
        {
            if (i > 0) target.Append(' ');
            target.Append(map.Entries[i].Key).Append(':');
            Append(target, map.Entries[i].Value);
        }
        target.Append(']');
    }

    private static void AppendList(StringBuilder target, IReadOnlyList<object?> list)
    {
        target.Append('[');
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0) target.Append(' ');
            Append(target, list[i]);
        }
        target.Append(']');
    }

    private static void AppendFields(StringBuilder target, string open, params ReadOnlySpan<object?> fields)
    {
        target.Append(open);
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0) target.Append(' ');
            Append(target, fields[i]);
        }
        target.Append('}');
    }
}
