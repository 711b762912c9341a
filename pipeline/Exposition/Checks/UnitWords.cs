using System.Collections.Frozen;

namespace Streamline.Pipeline.Exposition;

/// <summary>Words of names that are units, and the base unit of each.</summary>
internal static class UnitWords
{
    private static readonly FrozenDictionary<string, string> BaseUnits = new Dictionary<string, string>
    {
        ["seconds"] = "seconds",
        ["minutes"] = "seconds",
        ["hours"] = "seconds",
        ["days"] = "seconds",
        ["weeks"] = "seconds",
        ["bytes"] = "bytes",
        ["bits"] = "bytes",
        ["meters"] = "meters",
        ["metres"] = "metres",
        ["inches"] = "meters",
        ["yards"] = "meters",
        ["miles"] = "meters",
        ["grams"] = "grams",
        ["pounds"] = "grams",
        ["ounces"] = "grams",
        ["celsius"] = "celsius",
        ["kelvin"] = "kelvin",
        ["kelvins"] = "kelvin",
        ["fahrenheit"] = "celsius",
        ["rankine"] = "celsius",
        ["joules"] = "joules",
        ["calories"] = "joules",
        ["volts"] = "volts",
        ["amperes"] = "amperes",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] Prefixes =
        ["pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "mega", "giga", "tera", "peta", "kibi", "mebi", "gibi", "tebi", "pebi"];

    private static readonly FrozenSet<string> Abbreviations =
        FrozenSet.ToFrozenSet(["s", "ms", "us", "ns", "sec", "m", "h", "d", "b", "kb", "mb", "gb", "tb", "pb"], StringComparer.Ordinal);

    /// <summary>The base unit of a word, the word itself where it is one; null for a word that is no unit.</summary>
    public static string? BaseOf(string word)
    {
        if (BaseUnits.TryGetValue(word, out string? basic)) return basic;
        foreach (string prefix in Prefixes)
        {
            if (word.StartsWith(prefix, StringComparison.Ordinal) && BaseUnits.TryGetValue(word[prefix.Length..], out basic)) return basic;
        }
        return null;
    }

    public static bool IsAbbreviation(string word) => Abbreviations.Contains(word);
}
