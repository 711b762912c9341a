using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Conventions of names (prometheus.io/docs/practices/naming), judged as promtool's <c>check metrics</c> judges them. Told as warnings at the family's first line.
/// </summary>
internal static partial class Conventions
{
    public static void Check(Family family, Findings findings, bool isOpenMetrics)
    {
        var at = family.Place;
        if (!family.HasHelp) findings.Warning(at, $"{family.Name} has no HELP: say what it is");
        if (isOpenMetrics && !family.HasType) findings.Warning(at, $"{family.Name} has no TYPE, so it is unknown: say its type");
        if (family.Name.Contains(':', StringComparison.Ordinal)) findings.Warning(at, $"{family.Name} has a colon, which is for the names of recording rules: use _");
        if (CamelCase().IsMatch(family.Name)) findings.Warning(at, $"{family.Name} is in camelCase: use snake_case");
        CheckUnit(family, findings, isOpenMetrics);
        if (family.Type != MetricType.Unknown) CheckType(family, findings, isOpenMetrics);
        foreach (var (label, place) in family.LabelNames) CheckLabel(family, label, place, findings);
    }

    private static void CheckUnit(Family family, Findings findings, bool isOpenMetrics)
    {
        string[] words = family.Name.Split('_');
        string? unit = words.FirstOrDefault(w => UnitWords.BaseOf(w) is not null);
        string? basic = unit is null ? null : UnitWords.BaseOf(unit);
        if (basic != unit) findings.Warning(family.Place, $"{family.Name} counts in {unit}: use the base unit {basic}");
        else if (isOpenMetrics && unit is not null && unit == words[^1] && string.IsNullOrEmpty(family.Unit) && family.Type is not (MetricType.Info or MetricType.StateSet))
            findings.Note(family.Place, "the specification would have a UNIT line where a name ends with a unit");
        if (words.Skip(1).FirstOrDefault(w => UnitWords.IsAbbreviation(w.ToLowerInvariant())) is { } word) findings.Warning(family.Place, $"{family.Name} has the abbreviated unit {word}: write the unit out");
    }

    private static void CheckType(Family family, Findings findings, bool isOpenMetrics)
    {
        string name = family.Name, type = family.Type.Name();
        var at = family.Place;
        if (name.Split('_').Skip(1).Contains(type, StringComparer.OrdinalIgnoreCase)) findings.Warning(at, $"{name} has its type in its name: leave {type} out");
        bool total = name.EndsWith("_total", StringComparison.Ordinal), counter = family.Type == MetricType.Counter;
        if (counter && !total && !isOpenMetrics) findings.Warning(at, $"the counter {name} does not end with _total: name it {name}_total");
        if (!counter && total) findings.Warning(at, $"{name} ends with _total and is no counter: change the name or the type");
        bool counts = family.Type is MetricType.Histogram or MetricType.Summary;
        if (family.Type != MetricType.Histogram && name.EndsWith("_bucket", StringComparison.Ordinal)) findings.Warning(at, $"{name} ends with _bucket, which is for histograms: rename it");
        if (counts) return;
        if (name.EndsWith("_count", StringComparison.Ordinal)) findings.Warning(at, $"{name} ends with _count, which is for histograms and summaries: rename it");
        if (name.EndsWith("_sum", StringComparison.Ordinal)) findings.Warning(at, $"{name} ends with _sum, which is for histograms and summaries: rename it");
    }

    private static void CheckLabel(Family family, string label, Place at, Findings findings)
    {
        if (CamelCase().IsMatch(label)) findings.Warning(at, $"the label {label} of {family.Name} is in camelCase: use snake_case");
        if (family.Type == MetricType.Unknown) return;
        if (label == "le" && family.Type is not (MetricType.Histogram or MetricType.GaugeHistogram)) findings.Warning(at, $"{family.Name} has the label le, which is for histograms: rename it");
        if (label == "quantile" && family.Type != MetricType.Summary) findings.Warning(at, $"{family.Name} has the label quantile, which is for summaries: rename it");
    }

    [GeneratedRegex("[a-z][A-Z]")]
    private static partial Regex CamelCase();
}
