using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Exemplars: trace and span as labels, attributes as long as all together keep OpenMetrics's bound.</summary>
internal static class OtlpExemplars
{
    // OpenMetrics: the label set of an exemplar has at most 128 characters.
    private const int MaxCharacters = 128;

    public static Exemplar Of(OtlpExemplar sent)
    {
        var pairs = new List<(string Name, string Value)>();
        if (sent.TraceId.Length > 0) pairs.Add(("trace_id", sent.TraceId));
        if (sent.SpanId.Length > 0) pairs.Add(("span_id", sent.SpanId));
        int characters = pairs.Sum(p => p.Name.Length + p.Value.Length) + sent.Attributes.Sum(a => Characters(a.Name) + Characters(a.Value));
        if (characters <= MaxCharacters) pairs.AddRange(sent.Attributes.Where(a => a.Name.Length > 0).Select(a => (a.Name, a.Value)));
        var labels = new LabelsBuilder();
        foreach (var (name, value) in pairs) labels.Set(name, value);
        long timestampMs = (long)(sent.TimeNanos / 1_000_000);
        return new Exemplar(labels.Build(), sent.Value, timestampMs, timestampMs != 0);
    }

    private static int Characters(string text) => text.EnumerateRunes().Count();
}
