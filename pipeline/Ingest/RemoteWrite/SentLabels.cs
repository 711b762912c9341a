using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// What both versions of remote write ask of a series' labels. The specification wants them sorted; Prometheus takes them in any order, and senders rely on it.
/// </summary>
internal static class SentLabels
{
    /// <summary>Adds a label behind the one named <paramref name="last"/>; what is wrong with it, or null.</summary>
    public static string? Add(LabelsBuilder labels, ReadOnlySpan<byte> last, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Problem(name, value) is { } problem) return problem;
        int before = labels.Count;
        labels.Set(name, value);
        // An empty value adds nothing: only of neighbours is it known that both are there.
        bool isDouble = value.IsEmpty ? last.SequenceEqual(name) : labels.Count == before;
        return isDouble ? $"duplicate label {Quote(name)}" : null;
    }

    /// <summary>What is wrong with a label as such, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Math.Max(name.Length, value.Length) > Labels.MaxStringBytes) return $"a label has {Math.Max(name.Length, value.Length)} bytes, more than the {Labels.MaxStringBytes} that can be stored";
        if (!LabelNames.IsUtf8(name)) return $"invalid label name {Quote(name)}";
        return System.Text.Unicode.Utf8.IsValid(value) ? null : $"label {Quote(name)} has a value that is not UTF-8";
    }

    /// <summary>What is wrong with a whole label set, or null.</summary>
    public static string? Problem(LabelsBuilder labels) => labels.ValueOf(Labels.MetricName).IsEmpty ? "series without a metric name" : null;

    private static string Quote(ReadOnlySpan<byte> name) => $"\"{System.Text.Encoding.UTF8.GetString(name)}\"";
}
