using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <content>What a scrape asks of the sample that the reader stands on.</content>
internal ref partial struct ExpositionReader : IExposition
{
    /// <inheritdoc/>
    public readonly RouteKey Key => _options.TypeAndUnit ? TypedKey() : RouteKey.Of(Series);

    /// <summary>Text formats know floats only.</summary>
    public readonly NativeHistogram Histogram => throw new InvalidOperationException("text formats have no native histograms");

    /// <inheritdoc/>
    public long StartMs => _options.StartTimes && _openMetrics ? CreatedMs() : 0;

    /// <inheritdoc/>
    public readonly string Problem => $"line {Line}: {Reason}";

    /// <inheritdoc/>
    public readonly string? Decode(LabelsBuilder labels)
    {
        if (SeriesText.Decode(Series, Type, labels, allowsBlanks: !_openMetrics, IsLenientText) is { } reason) return reason;
        if (_options.TypeAndUnit) TypeAndUnitLabels.Set(labels, Type, Unit);
        return null;
    }

    /// <inheritdoc/>
    public readonly bool DeclaresEmpty(ReadOnlySpan<byte> name) => SeriesText.DeclaresEmpty(Series, name);

    /// <inheritdoc/>
    public readonly void Tell(ExpositionEvent found, SourceMetadata metadata) => metadata.Take(found, this);

    /// <inheritdoc/>
    public bool TryExemplar(LabelsBuilder labels, long sampleMs, out Exemplar exemplar)
    {
        exemplar = null!;
        if (_exemplar.IsEmpty) return false;
        var rest = _exemplar;
        _exemplar = default;
        int end = SeriesText.EndOf(rest);
        SeriesText.DecodeExemplar(rest[..end], labels);
        rest = rest[end..];
        if (!TryWord(ref rest, out var word) || !NumberText.TryParse(word, out double value)) return false;
        bool timed = TryWord(ref rest, out word) && TrySeconds(word, out sampleMs);
        exemplar = new Exemplar(labels.Build(), value, sampleMs, timed);
        return true;
    }

    // A family whose type or unit changes has other series.
    private readonly RouteKey TypedKey()
    {
        var (series, unit) = (RouteKey.Of(Series), RouteKey.Of(Unit));
        ulong typed = ((ulong)Type + 1) * 0x9E3779B97F4A7C15;
        return new RouteKey(series.Low ^ typed ^ ulong.RotateLeft(unit.Low, 1), series.High ^ ulong.RotateLeft(unit.High, 1));
    }
}
