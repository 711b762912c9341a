using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>
/// Gathers the lines of classic histograms in a text body into native histograms with custom buckets. Lines of one histogram stand together; the histogram is ready when a
/// line of anything else comes. What a line is to its histogram is remembered by the line's key, so that a known body is decoded once.
/// </summary>
internal sealed class ClassicCollector
{
    // Lines remembered beyond twice those of the last body are forgotten together.
    private const int Slack = 1024;

    private readonly Dictionary<RouteKey, Part> _parts = [];
    private readonly ClassicHistogram _histogram = new();
    private readonly LabelsBuilder _decoded = new();
    private int _met, _metBefore;
    private byte[] _familyName = [];

    private enum PartKind : byte
    {
        None,
        Bucket,
        Sum,
        Count,
    }

    private readonly record struct Part(PartKind Kind, double Bound, RouteKey Histogram);

    /// <summary>Whether lines are gathered that have not been given yet.</summary>
    public bool IsCollecting { get; private set; }

    /// <summary>Identity of the histogram being gathered.</summary>
    public RouteKey Key { get; private set; }

    /// <summary>Name and labels of the histogram being gathered.</summary>
    public LabelsBuilder Labels { get; } = new();

    public bool HasTimestamp { get; private set; }

    public long TimestampMs { get; private set; }

    public long StartMs { get; private set; }

    /// <summary>Exemplars of the histogram's lines that have a time of their own.</summary>
    public List<Exemplar> Exemplars { get; } = [];

    /// <summary>A new body begins.</summary>
    public void BeginBody()
    {
        if (_parts.Count > 2 * Math.Max(_met, _metBefore) + Slack) _parts.Clear();
        (_metBefore, _met) = (_met, 0);
        IsCollecting = false;
        _histogram.Clear();
    }

    /// <summary>Whether the sample that the reader stands on belongs to the histogram being gathered, or begins one.</summary>
    public PartOf Place<T>(ref T reader) where T : IExposition, allows ref struct
    {
        if (reader.Type != MetricType.Histogram || reader.Family.IsEmpty) return PartOf.None;
        _met++;
        var part = Find(ref reader);
        if (part.Kind == PartKind.None) return PartOf.None;
        return IsCollecting && part.Histogram == Key ? PartOf.This : PartOf.Another;
    }

    /// <summary>Takes the sample; the one before must have been given when it belongs to another histogram.</summary>
    public void Take<T>(ref T reader, long sampleMs) where T : IExposition, allows ref struct
    {
        var part = Find(ref reader);
        if (!IsCollecting) Begin(ref reader, part.Histogram);
        switch (part.Kind)
        {
            case PartKind.Bucket: _histogram.Add(part.Bound, reader.Value); break;
            case PartKind.Sum: _histogram.SetSum(reader.Value); break;
            case PartKind.Count: _histogram.SetCount(reader.Value); break;
            case PartKind.None: break;
        }
        while (reader.TryExemplar(_decoded, sampleMs, out var exemplar))
        {
            if (exemplar.HasTimestamp) Exemplars.Add(exemplar);
        }
    }

    /// <summary>The histogram gathered; null when its lines make none, as Prometheus drops it then.</summary>
    public NativeHistogram? Give()
    {
        IsCollecting = false;
        var histogram = _histogram.Convert(CounterResetHint.Unknown, out _);
        _histogram.Clear();
        return histogram?.Validate() is null ? histogram : null;
    }

    private void Begin<T>(ref T reader, RouteKey histogram) where T : IExposition, allows ref struct
    {
        IsCollecting = true;
        Key = histogram;
        (HasTimestamp, TimestampMs, StartMs) = (reader.HasTimestamp, reader.TimestampMs, reader.StartMs);
        Exemplars.Clear();
        reader.Decode(Labels);
        Labels.Set(Storage.Labels.MetricName, _familyName).Remove("le"u8);
    }

    private Part Find<T>(ref T reader) where T : IExposition, allows ref struct
    {
        if (!reader.Family.SequenceEqual(_familyName)) _familyName = SeriesText.FamilyName(reader.Family);
        var key = reader.Key;
        if (_parts.TryGetValue(key, out var part)) return part;
        return _parts[key] = Judge(ref reader);
    }

    private Part Judge<T>(ref T reader) where T : IExposition, allows ref struct
    {
        if (reader.Decode(_decoded) is not null) return default;
        var name = _decoded.ValueOf(Storage.Labels.MetricName);
        if (!name.StartsWith(_familyName)) return default;
        var suffix = name[_familyName.Length..];
        double bound = 0;
        var kind = suffix.SequenceEqual("_bucket"u8) ? PartKind.Bucket : suffix.SequenceEqual("_sum"u8) ? PartKind.Sum : suffix.SequenceEqual("_count"u8) ? PartKind.Count : PartKind.None;
        if (kind == PartKind.Bucket && (!NumberText.TryParse(_decoded.ValueOf("le"u8), out bound) || double.IsNaN(bound))) return default;
        if (kind == PartKind.None) return default;
        _decoded.Set(Storage.Labels.MetricName, _familyName).Remove("le"u8);
        // A histogram's key must not be that of a float of the same name: that line is another series of the body.
        _decoded.Set("\u0001"u8, "histogram"u8);
        return new Part(kind, bound, RouteKey.Of(System.Text.Encoding.UTF8.GetBytes(_decoded.Build().ToString())));
    }
}

/// <summary>What a sample is to the histogram being gathered.</summary>
internal enum PartOf
{
    /// <summary>No part of a histogram.</summary>
    None,

    /// <summary>A part of it.</summary>
    This,

    /// <summary>The first part of another.</summary>
    Another,
}
