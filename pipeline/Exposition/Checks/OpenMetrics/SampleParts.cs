using System.Globalization;
using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <summary>Takes the part out of a sample's labels, so that those of its metric are left.</summary>
internal static class SampleParts
{
    /// <summary>False: a fault was told, and nothing more can be said of the sample.</summary>
    public static bool TryTake(Family family, string suffix, SampleLine sample, Findings findings, out SamplePart part)
    {
        part = new SamplePart(suffix, 0);
        string? label = LabelOf(family, suffix);
        if (label is null) return IsClear(family, sample, findings);
        byte[] name = Encoding.UTF8.GetBytes(label);
        byte[] text = sample.Labels.ValueOf(name).ToArray();
        sample.Labels.Remove(name);
        part = new SamplePart(suffix + Encoding.UTF8.GetString(text), 0);
        if (text.Length == 0) findings.Error(sample.At, $"{sample.Name} has no label {label}: write it");
        else if (family.Type == MetricType.StateSet) return true;
        else if (TryNumber(label, text, sample.LabelNames[label], findings, out double number))
        {
            part = new SamplePart(suffix + number.ToString("R", CultureInfo.InvariantCulture), number);
            return true;
        }
        family.IsSpoilt = true;
        return false;
    }

    private static string? LabelOf(Family family, string suffix) => (family.Type, suffix) switch
    {
        (MetricType.Histogram or MetricType.GaugeHistogram, "_bucket") => "le",
        (MetricType.Summary, "") => "quantile",
        (MetricType.StateSet, _) => family.Name,
        _ => null,
    };

    // The other samples of a histogram or summary may not have the label.
    private static bool IsClear(Family family, SampleLine sample, Findings findings)
    {
        string? reserved = family.Type switch { MetricType.Histogram or MetricType.GaugeHistogram => "le", MetricType.Summary => "quantile", _ => null };
        if (reserved is null || !sample.LabelNames.TryGetValue(reserved, out var at)) return true;
        findings.Error(at, $"the label {reserved} does not belong at {sample.Name}: remove it");
        return false;
    }

    private static bool TryNumber(string label, ReadOnlySpan<byte> text, Place at, Findings findings, out double number)
    {
        if (!NumberText.TryParse(text, out number) || double.IsNaN(number))
        {
            findings.Error(at, $"{NameRules.Quoted(text)} is no {label}: write a number");
            return false;
        }
        if (label == "quantile" && number is < 0 or > 1)
        {
            findings.Error(at, $"the quantile {NameRules.Quoted(text)} is not from 0 to 1");
            return false;
        }
        Span<byte> digits = stackalloc byte[OpenMetricsNumber.MaxBytes];
        var canonical = digits[..OpenMetricsNumber.Write(number, digits)];
        if (double.IsPositiveInfinity(number) && !text.SequenceEqual(canonical)) findings.Error(at, "infinity is written le=\"+Inf\"");
        else if (!text.SequenceEqual(canonical)) findings.Warning(at, $"others write this number as \"{Encoding.UTF8.GetString(canonical)}\": the same text makes it the same series everywhere");
        return true;
    }
}
