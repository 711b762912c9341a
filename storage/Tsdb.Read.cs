using Streamline.Storage.Blocks;
using Streamline.Storage.Head;
using Streamline.Storage.Memory;

namespace Streamline.Storage;

/// <summary>Reading: the head is captured before the list of blocks is taken, so that what moves from one to the other meanwhile is seen twice, not never.</summary>
public sealed partial class Tsdb
{
    private readonly DecodedChunks _decoded;

    /// <summary>Most bytes of decoded chunks kept for the next queries. What is over a lowered bound is given up at once.</summary>
    public long DecodedChunkBytes { get => _decoded.MaxBytes; set => _decoded.MaxBytes = value; }

    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
    {
        var head = _head.Select(matchers, range, out var outOfOrder);
        head.Decoded = _decoded;
        var sets = new List<SeriesSet> { head };
        if (outOfOrder is not null) sets.Add(outOfOrder);
        try
        {
            foreach (var block in Overlapping(range))
            {
                using (block) sets.Add(block.Select(matchers, range, _decoded));
            }
            return MergedSeriesSet.Of(sets);
        }
        catch
        {
            foreach (var set in sets) set.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (_head.Overlaps(range)) HeadLabels.AddNames(_head.Series, matchers, names);
        foreach (var block in Overlapping(range))
        {
            using (block) names.UnionWith(block.LabelNames(matchers, range));
        }
        return Limit(names, limit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        if (_head.Overlaps(range)) HeadLabels.AddValues(_head.Series, name, matchers, values);
        foreach (var block in Overlapping(range))
        {
            using (block) values.UnionWith(block.LabelValues(name, matchers, range));
        }
        return Limit(values, limit);
    }

    /// <summary>Series in the head now; cheap, unlike <see cref="Status"/>.</summary>
    public long HeadSeries => _head.Series.Count;

    /// <summary>Head statistics with top lists of at most <paramref name="limit"/> lines.</summary>
    public TsdbStatus Status(int limit) => HeadStatus.Of(_head, limit);

    /// <summary>Blocks of the range, each held open for the caller, who disposes it once; a block that retention has just closed is left out.</summary>
    private IEnumerable<BlockReader> Overlapping(TimeRange range)
    {
        foreach (var block in _blocks.All)
        {
            if (block.Range.Overlaps(range) && block.TryRetain()) yield return block;
        }
    }

    private static string[] Limit(SortedSet<string> sorted, int limit) => [.. limit > 0 ? sorted.Take(limit) : sorted];
}
