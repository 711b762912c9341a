using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Host.Textfile;

/// <summary>One file of metrics, as it was when it last changed: all of it or, with a fault anywhere, nothing.</summary>
internal sealed class TextfileMetrics
{
    // Files are written by people's scripts: one larger than this is no list of metrics.
    private const int MaxBytes = 16 << 20;

    private TextfileMetrics(string path, DateTime modified, long length) => (Path, Modified, Length) = (path, modified, length);

    public string Path { get; }

    public DateTime Modified { get; }

    public long Length { get; }

    /// <summary>Whether it had just been written when it was read, and so may have been written once more since.</summary>
    public bool WasYoung { get; private init; }

    /// <summary>Why the file is not taken; null when it is.</summary>
    public string? Error { get; private set; }

    public List<Sample> Samples { get; } = [];

    /// <summary>Type and help by family; help is null where the file has none.</summary>
    public Dictionary<string, (string Type, string? Help)> Families { get; } = new(StringComparer.Ordinal);

    /// <summary>A sample as the source writes it: name, labels, value, and the family that it belongs to.</summary>
    public sealed record Sample(string Family, byte[] Name, (byte[] Name, byte[] Value)[] Labels, double Value);

    /// <summary>A file of which not even its age can be told.</summary>
    public static TextfileMetrics Unreadable(string path, string reason) => new(path, default, 0) { Error = reason };

    public static TextfileMetrics Read(string path, DateTime modified, long length, HostFiles files, bool isYoung)
    {
        var metrics = new TextfileMetrics(path, modified, length) { WasYoung = isYoung };
        if (!files.TryPath(path, out var text)) metrics.Error = "it cannot be read, or is no file";
        else if (text.Length > MaxBytes) metrics.Error = $"it is larger than {MaxBytes >> 20} MiB";
        else metrics.Parse(WithPlainTypes(text));
        if (metrics.Error is null) return metrics;
        metrics.Samples.Clear();
        metrics.Families.Clear();
        return metrics;
    }

    // node_exporter takes types in capitals and does without them; Prometheus, whose reader this is, does neither.
    private static ReadOnlySpan<byte> WithPlainTypes(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("TYPE"u8) < 0) return text;
        byte[] plain = text.ToArray();
        var lines = new FieldReader(plain);
        for (int start = 0; lines.NextLine();)
        {
            var line = plain.AsSpan(start, lines.Line.Length);
            start += line.Length + 1;
            if (!lines.Field().SequenceEqual("#"u8) || !lines.Field().SequenceEqual("TYPE"u8)) continue;
            _ = lines.Field();
            var type = line[^lines.Line.Length..];
            if (type.Trim((byte)' ').IsEmpty) line[(line.IndexOf((byte)'#') + 1)..].Fill((byte)' ');
            else _ = Ascii.ToLowerInPlace(type, out _);
        }
        return plain;
    }

    private void Parse(ReadOnlySpan<byte> text)
    {
        var labels = new LabelsBuilder();
        var reader = new ExpositionReader(text, ExpositionFormat.Text);
        string family = "";
        for (var found = reader.Next(); found != ExpositionEvent.End; found = reader.Next())
        {
            if (found == ExpositionEvent.Error) Error = $"line {reader.Line}: {reader.Reason}";
            else if (found == ExpositionEvent.Help) Describe(family = NameOf(reader.Series), null, Unescape(reader.Text));
            else if (found == ExpositionEvent.Type) Describe(family = NameOf(reader.Series), reader.Type == MetricType.Unknown ? "untyped" : reader.Type.Name(), null);
            else if (found == ExpositionEvent.Sample) AddSample(ref reader, labels, family);
            if (Error is not null) return;
        }
    }

    private void AddSample(ref ExpositionReader reader, LabelsBuilder labels, string family)
    {
        if (reader.HasTimestamp) Error = $"line {reader.Line}: a sample has a timestamp of its own, which is not supported";
        else if (SeriesText.Decode(reader.Series, reader.Type, labels) is { } reason) Error = $"line {reader.Line}: {reason}";
        if (Error is not null) return;
        var built = labels.Build();
        string name = built.Get("__name__");
        // Lines of a histogram or summary belong to the family whose name they begin with.
        string owner = name.StartsWith(family, StringComparison.Ordinal) && name[family.Length..] is "" or "_bucket" or "_sum" or "_count" ? family : name;
        Families.TryAdd(owner, ("untyped", null));
        Samples.Add(new Sample(owner, HostSeries.Utf8(name), [.. built.ToPairs().Where(p => p.Key != "__name__").Select(p => (HostSeries.Utf8(p.Key), HostSeries.Utf8(p.Value)))], reader.Value));
    }

    private void Describe(string family, string? type, string? help)
    {
        var known = Families.GetValueOrDefault(family, ("untyped", null));
        Families[family] = (type ?? known.Item1, help ?? known.Item2);
    }

    private static string NameOf(ReadOnlySpan<byte> family) => Encoding.UTF8.GetString(SeriesText.FamilyName(family));

    private static string Unescape(ReadOnlySpan<byte> help) => Encoding.UTF8.GetString(help).Replace("\\n", "\n", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);
}
