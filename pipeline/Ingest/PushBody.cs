using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>Reads a pushed body whole before anything is stored: families with their series, grouping labels over the body's own.</summary>
internal static class PushBody
{
    // One push of more series than this is a mistake; the bound keeps its groups in memory.
    private const int MaxSeries = 500_000;

    /// <exception cref="IngestFormatException">The body breaks the format, carries timestamps or names a series twice.</exception>
    public static Dictionary<string, List<PushedSeries>> Parse(ReadOnlySpan<byte> body, ExpositionFormat format, IReadOnlyList<KeyValuePair<string, string>> group, SourceMetadata metadata)
    {
        var families = new Dictionary<string, List<PushedSeries>>(StringComparer.Ordinal);
        var seen = new HashSet<Labels>();
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(body, format);
        string typedFamily = "";
        metadata.BeginRound();
        while (true)
        {
            var found = reader.Next();
            switch (found)
            {
                case ExpositionEvent.End:
                    return families;
                case ExpositionEvent.Error:
                    throw new IngestFormatException($"text format parsing error in line {reader.Line}: {reader.Reason}");
                case ExpositionEvent.Sample:
                    if (seen.Count == MaxSeries) throw new IngestFormatException($"more than {MaxSeries} series in one push");
                    Add(reader, labels, group, typedFamily, seen, families);
                    break;
                case ExpositionEvent.Type:
                    typedFamily = Encoding.UTF8.GetString(SeriesText.FamilyName(reader.Series));
                    metadata.Take(found, reader);
                    break;
                case ExpositionEvent.Help or ExpositionEvent.Unit:
                    metadata.Take(found, reader);
                    break;
            }
        }
    }

    private static void Add(
        in ExpositionReader reader, LabelsBuilder labels, IReadOnlyList<KeyValuePair<string, string>> group, string typedFamily, HashSet<Labels> seen, Dictionary<string, List<PushedSeries>> families)
    {
        if (reader.HasTimestamp) throw new IngestFormatException($"line {reader.Line}: pushed metrics must not have timestamps");
        if (SeriesText.Decode(reader.Series, reader.Type, labels) is { } reason) throw new IngestFormatException($"text format parsing error in line {reader.Line}: {reason}");
        string name = Encoding.UTF8.GetString(labels.ValueOf(Labels.MetricName));
        if (name is "push_time_seconds" or "push_failure_time_seconds") throw new IngestFormatException($"line {reader.Line}: the name {name} is the receiver's own");
        foreach (var (label, value) in group) labels.Set(label, value);
        var built = labels.Build();
        if (!seen.Add(built)) throw new IngestFormatException($"line {reader.Line}: series {built} was pushed before in this body");
        string family = FamilyOf(name, typedFamily);
        if (!families.TryGetValue(family, out var series)) families[family] = series = [];
        series.Add(new PushedSeries(built, reader.Value));
    }

    private static string FamilyOf(string name, string typedFamily)
    {
        if (typedFamily.Length == 0 || !name.StartsWith(typedFamily, StringComparison.Ordinal)) return name;
        return name[typedFamily.Length..] is "" or "_bucket" or "_sum" or "_count" or "_total" or "_created" or "_info" ? typedFamily : name;
    }
}
