using System.Collections.Frozen;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Units of UCUM as Prometheus spells them out (OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility").</summary>
internal static class OtlpUnits
{
    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["TBy"] = "terabytes",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["1"] = "",
        ["%"] = "percent",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Rates = new Dictionary<string, string>
    {
        ["s"] = "second",
        ["m"] = "minute",
        ["h"] = "hour",
        ["d"] = "day",
        ["w"] = "week",
        ["mo"] = "month",
        ["y"] = "year",
    }.ToFrozenDictionary();

    /// <summary>The unit and, behind a slash, what it is counted by, as <c>per_X</c>; each may be empty. Annotations in braces name no unit.</summary>
    public static (string Unit, string Per) Split(string unit)
    {
        int slash = unit.IndexOf('/', StringComparison.Ordinal);
        string main = (slash < 0 ? unit : unit[..slash]).Trim(), per = slash < 0 ? "" : unit[(slash + 1)..].Trim();
        main = IsAnnotation(main) ? "" : Units.GetValueOrDefault(main, main);
        per = IsAnnotation(per) ? "" : Rates.GetValueOrDefault(per, per);
        return (main, per.Length == 0 ? "" : "per_" + per);
    }

    /// <summary>The unit as metadata shows it.</summary>
    public static string Name(string unit)
    {
        var (main, per) = Split(unit);
        (main, per) = (Clean(main), Clean(per));
        return (main.Length > 0 && per.Length > 0 ? main + "_" + per : main + per).Trim('_');
    }

    /// <summary>Only characters of metric names, without an underscore in front or two in a row.</summary>
    public static string Clean(string text)
    {
        var clean = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            char c = OtlpNames.IsNameCharacter(rune) ? (char)rune.Value : '_';
            if (c != '_' || clean.Length > 0 && clean[^1] != '_') clean.Append(c);
        }
        return clean.ToString();
    }

    private static bool IsAnnotation(string unit) => unit.AsSpan().ContainsAny('{', '}');
}
