using System.Text;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// Names of metrics and labels under a translation strategy (reference W20): escaping to the classic character set or not, suffixes for unit and type or not.
/// </summary>
internal sealed class OtlpNames(OtlpConfig config)
{
    private readonly bool _escapes = config.TranslationStrategy is OtlpTranslation.UnderscoreEscapingWithSuffixes or OtlpTranslation.UnderscoreEscapingWithoutSuffixes;
    private readonly bool _suffixes = config.TranslationStrategy is OtlpTranslation.UnderscoreEscapingWithSuffixes or OtlpTranslation.NoUtf8EscapingWithSuffixes;

    /// <summary>Whether names are made to fit: then different names may meet.</summary>
    public bool Escapes => _escapes;

    public static bool IsNameCharacter(Rune rune) => rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == ':');

    /// <summary>The metric's name; null when nothing of it is left.</summary>
    public string? Metric(OtlpMetric metric)
    {
        string name = !_escapes ? _suffixes ? Suffixed(metric) : metric.Name
            : _suffixes ? string.Join('_', Tokens(metric)) : Escaped(metric.Name);
        if (_escapes && name.Length > 0 && char.IsAsciiDigit(name[0])) name = "_" + name;
        bool isEmpty = name.Length == 0 || name != metric.Name && name.All(c => c == '_');
        return isEmpty ? null : name;
    }

    /// <summary>The label's name; null when nothing of it is left.</summary>
    public string? Label(string name)
    {
        if (!_escapes) return name.All(c => c == '_') ? null : name;
        var text = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            char c = rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value) ? (char)rune.Value : '_';
            bool isRepeated = c == '_' && text.Length > 0 && text[^1] == '_';
            if (!isRepeated || config.LabelNamePreserveMultipleUnderscores) text.Append(c);
        }
        string label = text.ToString();
        if (label.Length == 0 || label.All(c => c == '_')) return null;
        if (char.IsAsciiDigit(label[0])) return "key_" + label;
        bool isPrivate = label[0] == '_' && !label.StartsWith("__", StringComparison.Ordinal);
        return isPrivate && config.LabelNameUnderscoreSanitization ? "key" + label : label;
    }

    private static string Escaped(string name)
    {
        var parts = Split(name, c => IsNameCharacter(c) || c.Value == '_');
        return string.Join('_', parts);
    }

    /// <summary>Words of the name, then of the unit where the name has them not, then the word of the type.</summary>
    private static List<string> Tokens(OtlpMetric metric)
    {
        var tokens = Split(metric.Name, IsNameCharacter);
        var (unit, per) = OtlpUnits.Split(metric.Unit);
        (unit, per) = (OtlpUnits.Clean(unit), OtlpUnits.Clean(per).TrimEnd('_'));
        if (tokens.Contains(unit)) unit = "";
        if (per == "per" || tokens.Contains(per)) per = "";
        if (per.Length > 0) unit = unit.TrimEnd('_');
        if (unit.Length > 0) tokens.Add(unit);
        if (per.Length > 0) tokens.Add(per);
        if (metric.Kind == OtlpKind.Sum && metric.IsMonotonic) MoveLast(tokens, "total");
        if (metric.Kind == OtlpKind.Gauge && metric.Unit == "1") MoveLast(tokens, "ratio");
        return tokens;
    }

    private static string Suffixed(OtlpMetric metric)
    {
        string name = metric.Name, ending = "";
        if (metric.Kind == OtlpKind.Gauge && metric.Unit == "1") ending = TakeOff(ref name, "ratio");
        if (metric.Kind == OtlpKind.Sum && metric.IsMonotonic) ending = TakeOff(ref name, "total");
        var (unit, per) = OtlpUnits.Split(metric.Unit);
        if (per.Length > 0) ending = TakeOff(ref name, per) + ending;
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name += "_" + unit;
        return name + ending;
    }

    // The suffix stands once and last, whether the name had it or not.
    private static string TakeOff(ref string name, string suffix)
    {
        if (name.EndsWith(suffix, StringComparison.Ordinal) && name.Length > suffix.Length + 1) name = name[..^(suffix.Length + 1)];
        return "_" + suffix;
    }

    private static void MoveLast(List<string> tokens, string word)
    {
        tokens.RemoveAll(t => t == word);
        tokens.Add(word);
    }

    private static List<string> Split(string text, Func<Rune, bool> belongs)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (belongs(rune))
            {
                part.Append(rune);
                continue;
            }
            if (part.Length > 0) parts.Add(part.ToString());
            part.Clear();
        }
        if (part.Length > 0) parts.Add(part.ToString());
        return parts;
    }
}
