using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>Reads a whole body the way a scrape does, decoding every series, and writes what it finds one event a line.</summary>
internal static class Parsed
{
    public static List<string> Text(string body) => All(Encoding.UTF8.GetBytes(body), ExpositionFormat.Text);

    public static List<string> OpenMetrics(string body) => All(Encoding.UTF8.GetBytes(body), ExpositionFormat.OpenMetrics);

    public static List<string> All(ReadOnlySpan<byte> body, ExpositionFormat format, ExpositionOptions options = default)
    {
        var labels = new LabelsBuilder();
        if (format == ExpositionFormat.Protobuf)
        {
            var messages = new ProtobufExposition(body, options, new ProtobufScratch());
            return Walk(ref messages, labels);
        }
        var reader = new ExpositionReader(body, format, options);
        return Walk(ref reader, labels);
    }

    /// <summary>Bodies of messages: each metadata in one line, histograms as <see cref="HistogramText"/>.</summary>
    public static List<string> Messages(ExpositionOptions options, params Proto[] families) =>
        All(families.SelectMany(f => f.Delimited).ToArray(), ExpositionFormat.Protobuf, options);

    private static List<string> Walk<T>(ref T reader, LabelsBuilder labels) where T : IExposition, allows ref struct
    {
        var lines = new List<string>();
        while (true)
        {
            var found = reader.Next();
            bool isSample = found is ExpositionEvent.Sample or ExpositionEvent.Histogram;
            if (isSample && reader.Decode(labels) is { } reason) found = reader.Fail(reason);
            if (found == ExpositionEvent.End) return lines;
            lines.Add(found switch
            {
                ExpositionEvent.Sample => $"{labels.Build()} {FloatText.Format(reader.Value)}{Extras(ref reader)}",
                ExpositionEvent.Histogram => $"{labels.Build()} {HistogramText.Of(reader.Histogram)}{Extras(ref reader)}",
                ExpositionEvent.Error => $"error {(reader.Problem.StartsWith("line ", StringComparison.Ordinal) ? reader.Problem[5..] : reader.Problem)}",
                ExpositionEvent.Help or ExpositionEvent.Unit or ExpositionEvent.Type or ExpositionEvent.End => Metadata(found, ref reader),
            });
            if (found == ExpositionEvent.Error) return lines;
        }
    }

    private static string Extras<T>(ref T reader) where T : IExposition, allows ref struct
    {
        string text = reader.HasTimestamp ? $" @{reader.TimestampMs}" : "";
        if (reader.StartMs != 0) text += $" start {reader.StartMs}";
        while (reader.TryExemplar(new LabelsBuilder(), 7, out var exemplar)) text += $" # {exemplar.Labels} {FloatText.Format(exemplar.Value)}{(exemplar.HasTimestamp ? $" @{exemplar.TimestampMs}" : "")}";
        return text;
    }

    private static string Metadata<T>(ExpositionEvent found, ref T reader) where T : IExposition, allows ref struct
    {
        var source = new SourceMetadata();
        reader.Tell(found, source);
        var all = new List<(string Family, MetricMetadata Metadata)>();
        source.CopyTo(all);
        var (family, metadata) = all.Single();
        return found switch
        {
            ExpositionEvent.Help => $"Help {family} {metadata.Help}",
            ExpositionEvent.Unit => $"Unit {family} {metadata.Unit}",
            _ => $"type {family} {metadata.Type}",
        };
    }
}
