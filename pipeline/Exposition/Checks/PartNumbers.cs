using System.Text;

namespace Streamline.Pipeline.Exposition;

/// <summary>Numbers that are label values: bounds of buckets and quantiles.</summary>
internal static class PartNumbers
{
    public static bool TryRead(string label, ReadOnlySpan<byte> text, Place at, Findings findings, out double number)
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
        Span<byte> digits = stackalloc byte[GoFloat.MaxBytes];
        var canonical = digits[..GoFloat.WriteOpenMetrics(number, digits)];
        if (double.IsPositiveInfinity(number) && !text.SequenceEqual(canonical)) findings.Error(at, "infinity is written le=\"+Inf\"");
        else if (!text.SequenceEqual(canonical)) findings.Warning(at, $"others write this number as \"{Encoding.UTF8.GetString(canonical)}\": the same text makes it the same series everywhere");
        return true;
    }
}
