using System.Diagnostics.CodeAnalysis;
using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Reads a pushed body whole before anything is stored: families with their series, grouping labels over the body's own. Stricter than a scrape where the
/// Pushgateway is (expfmt's text_parse.go): whoever pushes is there to read what is wrong.
/// </summary>
internal sealed partial class PushBody
{
    // One push of more series than this is a mistake; the bound keeps its groups in memory.
    private const int MaxSeries = 500_000;

    private static readonly ExpositionOptions Options = new(NativeHistograms: true, KeepClassic: false, ConvertClassic: false, Exemplars: false, StartTimes: false, TypeAndUnit: false);

    private readonly Dictionary<string, PushedFamily> _families = new(StringComparer.Ordinal);
    private readonly HashSet<Labels> _seen = [];
    private readonly LabelsBuilder _labels = new();
    private readonly IReadOnlyList<KeyValuePair<string, string>> _group;
    private readonly SourceMetadata _metadata = new();
    private readonly PushFormat _format;

    private PushBody(IReadOnlyList<KeyValuePair<string, string>> group, PushFormat format) => (_group, _format) = (group, format);

    private enum PushFormat
    {
        Text,
        OpenMetrics,
        Protobuf,
    }

    /// <exception cref="IngestFormatException">The body breaks its format.</exception>
    /// <exception cref="PushRefusedException">The body carries timestamps or names a series twice.</exception>
    public static Dictionary<string, PushedFamily> Parse(ReadOnlySpan<byte> body, string contentType, IReadOnlyList<KeyValuePair<string, string>> group)
    {
        var push = new PushBody(group, FormatOf(contentType));
        if (push._format == PushFormat.Protobuf)
        {
            var messages = new ProtobufExposition(body, Options, new ProtobufScratch());
            push.Read(ref messages, "protobuf parsing error in ");
        }
        else
        {
            var lines = new ExpositionReader(body, push._format == PushFormat.OpenMetrics ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text, Options);
            push.Read(ref lines, "text format parsing error in ");
        }
        push.Describe();
        return push._families;
    }

    private void Read<T>(scoped ref T reader, string problem) where T : struct, IExposition, allows ref struct
    {
        _metadata.BeginRound();
        while (true)
        {
            var found = reader.Next();
            switch (found)
            {
                case ExpositionEvent.End:
                    return;
                case ExpositionEvent.Error:
                    throw new IngestFormatException(problem + reader.Problem);
                case ExpositionEvent.Sample or ExpositionEvent.Histogram:
                    if (_seen.Count == MaxSeries) throw new PushRefusedException($"more than {MaxSeries} series in one push");
                    Add(ref reader, found == ExpositionEvent.Histogram, problem);
                    break;
                case ExpositionEvent.Type or ExpositionEvent.Help or ExpositionEvent.Unit:
                    if (NoteFamily(found, Encoding.UTF8.GetString(SeriesText.FamilyName(reader.FamilyName)), reader.Type) is { } again) Refuse(ref reader, again, problem);
                    reader.Tell(found, _metadata);
                    break;
            }
        }
    }

    private void Add<T>(scoped ref T reader, bool isHistogram, string problem) where T : struct, IExposition, allows ref struct
    {
        if (reader.HasTimestamp) throw new PushRefusedException("pushed metrics must not have timestamps");
        if (reader.Decode(_labels) is { } reason) Refuse(ref reader, reason, problem);
        string name = Encoding.UTF8.GetString(_labels.ValueOf(Labels.MetricName));
        string family = FamilyOf(name);
        var type = _types.GetValueOrDefault(family);
        if (BoundProblem(name, family, type) is { } wrong) Refuse(ref reader, wrong, problem);
        // The receiver's own, whatever is pushed.
        if (name is PushGroup.PushTimeName or PushGroup.FailureTimeName) return;
        for (int i = 0; i < _labels.Count; i++)
        {
            if (_labels.NameAt(i).StartsWith("__"u8) && !_labels.NameAt(i).SequenceEqual(Labels.MetricName))
                throw new PushRefusedException($"collected metric \"{name}\" has the label \"{Encoding.UTF8.GetString(_labels.NameAt(i))}\", a name that Prometheus keeps for itself");
        }
        foreach (var (label, value) in _group) _labels.Set(label, value);
        var built = _labels.Build();
        if (!_seen.Add(built)) throw new PushRefusedException($"collected metric {built} was collected before with the same name and label values");
        if (!_families.TryGetValue(family, out var series)) _families[family] = series = new PushedFamily(family) { Type = type };
        var histogram = isHistogram ? reader.Histogram : null;
        series.Series.Add(new PushedSeries(built, histogram?.Sum ?? reader.Value, histogram));
    }

    private void Describe()
    {
        var metadata = new List<(string Family, MetricMetadata Metadata)>();
        _metadata.CopyTo(metadata);
        foreach (var (family, described) in metadata)
        {
            if (_families.TryGetValue(family, out var pushed)) (pushed.Help, pushed.Unit) = (described.Help, described.Unit);
        }
    }

    private static PushFormat FormatOf(string contentType) => contentType switch
    {
        _ when contentType.Contains("protobuf", StringComparison.OrdinalIgnoreCase) => PushFormat.Protobuf,
        _ when contentType.Contains("openmetrics", StringComparison.OrdinalIgnoreCase) => PushFormat.OpenMetrics,
        _ => PushFormat.Text,
    };

    [DoesNotReturn]
    private static void Refuse<T>(scoped ref T reader, string reason, string problem) where T : struct, IExposition, allows ref struct
    {
        reader.Fail(reason);
        throw new IngestFormatException(problem + reader.Problem);
    }
}
