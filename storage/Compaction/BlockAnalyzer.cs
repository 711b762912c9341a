using Streamline.Storage.Blocks;

namespace Streamline.Storage.Compaction;

/// <summary>Counts a block's labels in one walk over its series.</summary>
internal sealed class BlockAnalyzer(BlockReader block)
{
    private readonly Dictionary<(string Name, string Value), Pair> _pairs = [];
    private readonly Dictionary<string, long> _uncoveredByName = [];
    private long _entries;

    private sealed class Pair
    {
        public long Series, UncoveredMs;
    }

    public BlockAnalysis Run(int limit)
    {
        long blockMs = Math.Max(1, block.Meta.MaxTimeMs - block.Meta.MinTimeMs);
        using (var scan = block.Scan())
        {
            while (scan.Next()) Count(scan.Labels, blockMs - scan.Chunks.Sum(c => c.MaxMs - c.MinMs));
        }
        var names = _pairs.GroupBy(p => p.Key.Name, StringComparer.Ordinal).ToList();
        List<TsdbStat> Top(IEnumerable<TsdbStat> stats) => [.. stats.OrderByDescending(s => s.Value).ThenBy(s => s.Name, StringComparer.Ordinal).Take(limit)];
        return new BlockAnalysis(block.Info, names.Count, _pairs.Count, _entries,
            Top(_pairs.Select(p => new TsdbStat(Text(p.Key), p.Value.UncoveredMs / blockMs))),
            Top(_uncoveredByName.Select(p => new TsdbStat(p.Key, p.Value / blockMs))),
            Top(_pairs.Select(p => new TsdbStat(Text(p.Key), p.Value.Series))),
            Top(names.Select(n => new TsdbStat(n.Key, n.Sum(p => (long)System.Text.Encoding.UTF8.GetByteCount(p.Key.Value))))),
            Top(names.Select(n => new TsdbStat(n.Key, n.Count()))),
            Top(_pairs.Where(p => p.Key.Name == "__name__").Select(p => new TsdbStat(p.Key.Value, p.Value.Series))));
    }

    private static string Text((string Name, string Value) pair) => pair.Name + "=" + pair.Value;

    private void Count(Labels labels, long uncoveredMs)
    {
        foreach (var (name, value) in labels.ToPairs())
        {
            if (!_pairs.TryGetValue((name, value), out var pair)) _pairs[(name, value)] = pair = new Pair();
            pair.Series++;
            pair.UncoveredMs += uncoveredMs;
            _uncoveredByName[name] = _uncoveredByName.GetValueOrDefault(name) + uncoveredMs;
            _entries++;
        }
    }
}
