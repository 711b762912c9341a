namespace Streamline.Storage;

/// <summary>Cardinality of one block, as <c>promtool tsdb analyze</c> counts it. Lists are ordered by falling value, then by name.</summary>
/// <param name="Block">The block.</param>
/// <param name="LabelNames">Different label names.</param>
/// <param name="Postings">Different label pairs.</param>
/// <param name="PostingEntries">Label pairs of all series together.</param>
/// <param name="ChurningPairs">For each pair the time that its series have no samples, in lengths of the block.</param>
/// <param name="ChurningNames">The same for each label name.</param>
/// <param name="CommonPairs">Series of each pair.</param>
/// <param name="LongestNames">Bytes of each label's different values.</param>
/// <param name="LargestNames">Different values of each label.</param>
/// <param name="LargestMetrics">Series of each metric name.</param>
public sealed record BlockAnalysis(
    BlockInfo Block,
    long LabelNames,
    long Postings,
    long PostingEntries,
    IReadOnlyList<TsdbStat> ChurningPairs,
    IReadOnlyList<TsdbStat> ChurningNames,
    IReadOnlyList<TsdbStat> CommonPairs,
    IReadOnlyList<TsdbStat> LongestNames,
    IReadOnlyList<TsdbStat> LargestNames,
    IReadOnlyList<TsdbStat> LargestMetrics);
