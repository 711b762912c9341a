using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>Where names and labels break, and what to do then.</summary>
internal static class NameRules
{
    public const string BadMetricName = "invalid metric name: it begins with a letter, _ or :, and goes on with letters, digits, _ and :";

    /// <summary>Index of the first byte that a metric name may not have there.</summary>
    public static int FirstBad(ReadOnlySpan<byte> name)
    {
        int at = 0;
        while (at < name.Length && (LabelNames.IsLegacyMetric(name.Slice(at, 1)) || (at > 0 && char.IsAsciiDigit((char)name[at])))) at++;
        return at;
    }

    /// <summary>Index where a walk that has given a reason broke: a bad name at its first byte.</summary>
    public static int FaultAt(ReadOnlySpan<byte> series, in SeriesTextReader walk)
    {
        int at = series.Length - walk.Left;
        if (walk.Reason == "invalid metric name" && at > 0 && series[0] is not (byte)'{') return FirstBad(series[..at]);
        return walk.Reason == "invalid label name" ? series[..at].LastIndexOfAny((byte)'{', (byte)',') + 1 : at;
    }

    public static string WithAdvice(string reason) => reason switch
    {
        "invalid metric name" => BadMetricName,
        "invalid label name" => "invalid label name: it begins with a letter or _, goes on with letters, digits and _, and no blank stands around it",
        "expected = after the label name" => "expected = after the label name: write name=\"value\" without blanks",
        "expected a quoted label value" => "expected a quoted label value: write it in double quotes, which end on the same line",
        "expected , or } after a label" => "expected , or } after a label: write {a=\"1\",b=\"2\"} without blanks",
        "labels do not end" => "labels do not end: close them with }",
        _ => reason,
    };

    /// <summary>Text of a body within a message: quoted, control characters escaped, cut where it is long.</summary>
    public static string Quoted(ReadOnlySpan<byte> text)
    {
        const int longest = 60;
        string all = Encoding.UTF8.GetString(text);
        var quoted = new StringBuilder();
        LabelNames.AppendQuoted(quoted, all.Length > longest ? all[..longest] + "…" : all);
        return quoted.ToString();
    }
}
