namespace Streamline.Pipeline.Exposition;

/// <summary>Spelling of <see cref="MetricType"/>.</summary>
internal static class MetricTypes
{
    /// <summary>The word of TYPE lines and of the metadata endpoint.</summary>
    public static string Name(this MetricType type) => type switch
    {
        MetricType.Unknown => "unknown",
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.GaugeHistogram => "gaugehistogram",
        MetricType.Summary => "summary",
        MetricType.Info => "info",
        MetricType.StateSet => "stateset",
    };

    /// <summary>Text 0.0.4 knows five types, the last of them spelt <c>untyped</c>.</summary>
    public static bool TryParseText(ReadOnlySpan<byte> word, out MetricType type)
    {
        type = MetricType.Unknown;
        if (word.SequenceEqual("untyped"u8)) return true;
        return TryParseCommon(word, out type);
    }

    /// <summary>The eight types of OpenMetrics.</summary>
    public static bool TryParseOpenMetrics(ReadOnlySpan<byte> word, out MetricType type)
    {
        if (TryParseCommon(word, out type)) return true;
        if (word.SequenceEqual("gaugehistogram"u8)) type = MetricType.GaugeHistogram;
        else if (word.SequenceEqual("info"u8)) type = MetricType.Info;
        else if (word.SequenceEqual("stateset"u8)) type = MetricType.StateSet;
        else return word.SequenceEqual("unknown"u8);
        return true;
    }

    private static bool TryParseCommon(ReadOnlySpan<byte> word, out MetricType type)
    {
        type = MetricType.Unknown;
        if (word.SequenceEqual("counter"u8)) type = MetricType.Counter;
        else if (word.SequenceEqual("gauge"u8)) type = MetricType.Gauge;
        else if (word.SequenceEqual("histogram"u8)) type = MetricType.Histogram;
        else if (word.SequenceEqual("summary"u8)) type = MetricType.Summary;
        return type != MetricType.Unknown;
    }
}
