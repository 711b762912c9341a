using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>Reads a whole body the way a scrape does, decoding every series, and writes what it finds one event a line.</summary>
internal static class Parsed
{
    public static List<string> Text(string body) => All(Encoding.UTF8.GetBytes(body), ExpositionFormat.Text);

    public static List<string> OpenMetrics(string body) => All(Encoding.UTF8.GetBytes(body), ExpositionFormat.OpenMetrics);

    public static List<string> All(ReadOnlySpan<byte> body, ExpositionFormat format)
    {
        var lines = new List<string>();
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(body, format);
        while (true)
        {
            var found = reader.Next();
            if (found == ExpositionEvent.Sample && SeriesText.Decode(reader.Series, reader.Type, labels) is { } reason) found = reader.Fail(reason);
            if (found == ExpositionEvent.End) return lines;
            lines.Add(found switch
            {
                ExpositionEvent.Sample => $"{labels.Build()} {FloatText.Format(reader.Value)}{(reader.HasTimestamp ? $" @{reader.TimestampMs}" : "")}",
                ExpositionEvent.Type => $"type {Family(reader)} {reader.Type.Name()}",
                ExpositionEvent.Error => $"error {reader.Line}: {reader.Reason}",
                ExpositionEvent.Help or ExpositionEvent.Unit or ExpositionEvent.End => $"{found} {Family(reader)} {Encoding.UTF8.GetString(reader.Text)}",
            });
            if (found == ExpositionEvent.Error) return lines;
        }
    }

    private static string Family(in ExpositionReader reader) => Encoding.UTF8.GetString(SeriesText.FamilyName(reader.Series));
}
