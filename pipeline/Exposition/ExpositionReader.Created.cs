using System.Runtime.CompilerServices;

namespace Streamline.Pipeline.Exposition;

/// <content>Start times of OpenMetrics: the <c>_created</c> line of a metric stands behind its samples.</content>
internal ref partial struct ExpositionReader
{
    private readonly bool TypeHasStart => Type is MetricType.Counter or MetricType.Histogram or MetricType.Summary;

    /// <summary>Whether the sample that was read is the start time of a metric and no sample of its own.</summary>
    private readonly bool IsCreatedLine => _options.StartTimes && TypeHasStart && NameOf(Series).EndsWith("_created"u8);

    private long CreatedMs()
    {
        if (!TypeHasStart) return 0;
        ulong metric = MetricHash(Series);
        if (_created.Metric != metric) _created = (metric, FindCreated(metric));
        return _created.Ms;
    }

    // Ahead to the end of this metric's lines; a fault there is the main walk's to tell.
    private readonly long FindCreated(ulong metric)
    {
        var ahead = this;
        ahead._options = default;
        ahead.Reason = null;
        while (ahead.Next() == ExpositionEvent.Sample)
        {
            if (MetricHash(ahead.Series) != metric) return 0;
            if (NameOf(ahead.Series).EndsWith("_created"u8)) return TryMilliseconds(ahead.Value, out long ms) ? ms : 0;
        }
        return 0;
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> series)
    {
        if (series.StartsWith("{\""u8)) return series[2..Math.Max(2, SeriesText.QuotedLength(series[1..]))];
        int end = series.IndexOf((byte)'{');
        return end < 0 ? series : series[..end];
    }

    // Hash of the family name and of the labels without le and quantile, in any order of labels.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong MetricHash(ReadOnlySpan<byte> series)
    {
        ulong hash = 1;
        var reader = new SeriesTextReader(series);
        while (reader.MoveNext())
        {
            if (reader.IsMetricName) hash ^= Stages.RouteKey.Of(BaseName(reader.Value)).Low;
            else if (!reader.Name.SequenceEqual("le"u8) && !reader.Name.SequenceEqual("quantile"u8))
                hash += Stages.RouteKey.Of(reader.Name).High * 31 + Stages.RouteKey.Of(reader.Value).Low;
        }
        return hash;
    }

    private static ReadOnlySpan<byte> BaseName(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith("_total"u8)) return name[..^6];
        if (name.EndsWith("_created"u8)) return name[..^8];
        if (name.EndsWith("_bucket"u8)) return name[..^7];
        if (name.EndsWith("_count"u8)) return name[..^6];
        return name.EndsWith("_sum"u8) ? name[..^4] : name;
    }
}
