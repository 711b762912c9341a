using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Checks the Prometheus text format: each line as a scrape reads it, and what other readers of the format refuse (promtool, Pushgateway and the textfile collector
/// take no family that is described twice). A line that is broken is told and left.
/// </summary>
internal sealed class TextCheck
{
    private readonly Findings _findings;
    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly List<Family> _order = [];
    private readonly Dictionary<Labels, int> _series = [];
    private readonly Dictionary<string, Place> _labelNames = new(StringComparer.Ordinal);
    private readonly LabelsBuilder _labels = new();

    private TextCheck(Findings findings) => _findings = findings;

    /// <summary>Tells the findings; gives the families that have samples.</summary>
    public static IEnumerable<Family> Run(ReadOnlySpan<byte> body, Findings findings)
    {
        var check = new TextCheck(findings);
        int number = 0;
        for (int at = 0; at < body.Length;)
        {
            int end = body[at..].IndexOf((byte)'\n');
            var line = end < 0 ? body[at..] : body.Slice(at, end + 1);
            check.Take(line, ++number);
            at += line.Length;
        }
        var families = check._order.Where(f => f.HasSamples).ToList();
        foreach (var family in families) Conventions.Check(family, findings, isOpenMetrics: false);
        return families;
    }

    // One line is a body of its own for the reader: its end is End, a comment or an empty line too.
    private void Take(ReadOnlySpan<byte> line, int number)
    {
        var reader = new ExpositionReader(line, ExpositionFormat.Text);
        var at = Place.Of(number, line, line.Length - line.TrimStart(" \t"u8).Length);
        switch (reader.Next())
        {
            case ExpositionEvent.Error: _findings.Error(at, reader.Reason!); break;
            case ExpositionEvent.Help: TakeHelp(reader, at); break;
            case ExpositionEvent.Type: TakeType(reader, at); break;
            case ExpositionEvent.Sample: TakeSample(reader, line, at); break;
            case ExpositionEvent.Unit or ExpositionEvent.Histogram or ExpositionEvent.End: break;
        }
    }

    private void TakeHelp(in ExpositionReader reader, Place at)
    {
        var family = FamilyOf(Encoding.UTF8.GetString(SeriesText.FamilyName(reader.Series)), at);
        if (reader.Text.IsEmpty) return;
        if (family.HelpIsTold) _findings.Error(at, $"HELP of {family.Name} is told twice: a scrape takes the last, promtool and Pushgateway refuse it; keep one line");
        family.HelpIsTold = family.HasHelp = true;
        for (int i = 0; i < reader.Text.Length; i++)
        {
            if (reader.Text[i] != '\\') continue;
            if (i + 1 == reader.Text.Length || reader.Text[i + 1] is not ((byte)'n' or (byte)'\\' or (byte)'"')) _findings.Error(at, $"HELP of {family.Name} has a backslash that escapes nothing: write \\\\");
            i++;
        }
    }

    private void TakeType(in ExpositionReader reader, Place at)
    {
        var family = FamilyOf(Encoding.UTF8.GetString(SeriesText.FamilyName(reader.Series)), at);
        if (family.HasType || family.HasSamples)
        {
            string fault = family.HasType ? "is told twice" : "stands behind its samples";
            _findings.Error(at, $"TYPE of {family.Name} {fault}: promtool and Pushgateway refuse it; keep one line, before the samples");
            return;
        }
        family.HasType = true;
        family.Type = reader.Type;
    }

    private void TakeSample(in ExpositionReader reader, ReadOnlySpan<byte> line, Place at)
    {
        if (SeriesText.Decode(reader.Series, MetricType.Unknown, _labels) is { } reason)
        {
            var walk = new SeriesTextReader(reader.Series);
            while (walk.MoveNext()) { }
            int offset = walk.Reason is null ? 0 : NameRules.FaultAt(reader.Series, walk);
            _findings.Error(line.Overlaps(reader.Series, out int start) ? Place.Of(at.Line, line, start + offset) : at, NameRules.WithAdvice(reason));
            return;
        }
        var family = OwnerOf(Encoding.UTF8.GetString(_labels.ValueOf(Labels.MetricName)), at);
        family.HasSamples = true;
        _labelNames.Clear();
        for (int i = 0; i < _labels.Count; i++)
        {
            if (!_labels.NameAt(i).SequenceEqual(Labels.MetricName)) _labelNames.TryAdd(Encoding.UTF8.GetString(_labels.NameAt(i)), at);
        }
        family.Meet(_labelNames);
        var series = _labels.Build();
        if (_series.TryAdd(series, at.Line)) family.Series++;
        else _findings.Warning(at, $"the series is told in line {_series[series]} already: one of the samples will be dropped");
    }

    // As promtool groups them: by name, else a summary, else a histogram that the name is a part of.
    private Family OwnerOf(string sample, Place at)
    {
        if (_families.TryGetValue(sample, out var named)) return named;
        bool isPart = SampleSuffixes.BaseOf(sample) is { } name && _families.TryGetValue(name, out named) && named.Owns(sample, out _);
        return isPart && named!.Type is MetricType.Histogram or MetricType.Summary ? named! : FamilyOf(sample, at);
    }

    private Family FamilyOf(string name, Place at)
    {
        if (_families.TryGetValue(name, out var family)) return family;
        _families.Add(name, family = new Family(name, at));
        _order.Add(family);
        return family;
    }
}
