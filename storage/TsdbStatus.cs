namespace Streamline.Storage;

/// <summary>A name with a number, one line of a top list.</summary>
public readonly record struct TsdbStat(string Name, long Value);

/// <summary>Cardinality of the head (<c>/api/v1/status/tsdb</c>); every list is ordered by falling value.</summary>
/// <param name="NumSeries">Series in the head.</param>
/// <param name="NumLabelPairs">Different name and value pairs.</param>
/// <param name="ChunkCount">Chunks in memory.</param>
/// <param name="MinTimeMs">Oldest sample, <see cref="long.MaxValue"/> when empty.</param>
/// <param name="MaxTimeMs">Newest sample, <see cref="long.MinValue"/> when empty.</param>
/// <param name="SeriesCountByMetricName">Series of each metric name.</param>
/// <param name="LabelValueCountByLabelName">Different values of each label.</param>
/// <param name="MemoryInBytesByLabelName">Bytes of each label's different values.</param>
/// <param name="SeriesCountByLabelValuePair">Series of each <c>name=value</c>.</param>
public sealed record TsdbStatus(
    long NumSeries,
    long NumLabelPairs,
    long ChunkCount,
    long MinTimeMs,
    long MaxTimeMs,
    IReadOnlyList<TsdbStat> SeriesCountByMetricName,
    IReadOnlyList<TsdbStat> LabelValueCountByLabelName,
    IReadOnlyList<TsdbStat> MemoryInBytesByLabelName,
    IReadOnlyList<TsdbStat> SeriesCountByLabelValuePair);
