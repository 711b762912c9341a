using System.Text;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Ingest;

/// <summary>What the body says of its families, wherever in it, and whose a series is.</summary>
internal sealed partial class PushBody
{
    private readonly Dictionary<string, MetricType> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);

    // Gives what is wrong with it. Families of protobuf messages are whole.
    private string? NoteFamily(ExpositionEvent found, string family, MetricType type)
    {
        bool isNew = found switch
        {
            ExpositionEvent.Type => !_families.ContainsKey(family) && _types.TryAdd(family, type),
            ExpositionEvent.Help => _helped.Add(family),
            _ => true,
        };
        if (isNew || _format == PushFormat.Protobuf) return null;
        return found == ExpositionEvent.Type
            ? $"second TYPE line for metric name \"{family}\", or TYPE reported after samples"
            : $"second HELP line for metric name \"{family}\"";
    }

    private string FamilyOf(string name)
    {
        if (_types.ContainsKey(name)) return name;
        foreach (string suffix in SampleSuffixes.All)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && _types.TryGetValue(name[..^suffix.Length], out var type) && IsPart(type, suffix)) return name[..^suffix.Length];
        }
        return name;
    }

    // In text 0.0.4 a counter's name is its family's, _total included.
    private bool IsPart(MetricType type, string suffix) => type switch
    {
        MetricType.Histogram => suffix is "_bucket" or "_sum" or "_count" || suffix == "_created" && _format == PushFormat.OpenMetrics,
        MetricType.Summary => suffix is "_sum" or "_count" || suffix == "_created" && _format == PushFormat.OpenMetrics,
        MetricType.GaugeHistogram => suffix is "_bucket" or "_sum" or "_count" or "_gsum" or "_gcount",
        MetricType.Counter => suffix is "_total" or "_created" && _format == PushFormat.OpenMetrics,
        MetricType.Info => suffix == "_info",
        _ => false,
    };

    private string? BoundProblem(string name, string family, MetricType type)
    {
        bool isBucket = type is MetricType.Histogram or MetricType.GaugeHistogram && name.Length == family.Length + "_bucket".Length && name.EndsWith("_bucket", StringComparison.Ordinal);
        if (!isBucket && !(type == MetricType.Summary && name.Length == family.Length)) return null;
        string label = isBucket ? "le" : "quantile";
        var bound = _labels.ValueOf(Encoding.UTF8.GetBytes(label));
        return bound.IsEmpty || NumberText.TryParse(bound, out _) ? null : $"expected float as value for '{label}' label, got \"{Encoding.UTF8.GetString(bound)}\"";
    }
}
