using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>What both versions of remote write ask of a series' labels.</summary>
internal static class SentLabels
{
    /// <summary>What is wrong with a label behind the one before it, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> last, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!LabelNames.IsUtf8(name)) return $"invalid label name {Quote(name)}";
        if (!System.Text.Unicode.Utf8.IsValid(value)) return $"label {Quote(name)} has a value that is not UTF-8";
        if (last.IsEmpty) return null;
        int order = last.SequenceCompareTo(name);
        return order == 0 ? $"duplicate label {Quote(name)}" : order > 0 ? $"labels are not sorted: {Quote(name)} after {Quote(last)}" : null;
    }

    /// <summary>What is wrong with a whole label set, or null.</summary>
    public static string? Problem(LabelsBuilder labels) => labels.ValueOf(Labels.MetricName).IsEmpty ? "series without a metric name" : null;

    private static string Quote(ReadOnlySpan<byte> name) => $"\"{System.Text.Encoding.UTF8.GetString(name)}\"";
}
