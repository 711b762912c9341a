namespace Streamline.Storage.Blocks;

/// <summary>What a block's meta.json says of its origin (tsdb/block.go). A block with a hint does not say where the head begins: the log may hold more of its time.</summary>
internal static class BlockHints
{
    /// <summary>Samples that came out of order.</summary>
    public const string FromOutOfOrder = "from-out-of-order";

    /// <summary>The head's series that had ended.</summary>
    public const string FromStaleSeries = "from-stale-series";

    /// <summary>Some of the head's series.</summary>
    public const string FromSelectedSeries = "from-selected-series";

    /// <summary>Of a block made of blocks: out of order when all are, the others when any is (CompactBlockMetas in tsdb/compact.go).</summary>
    public static IReadOnlyList<string>? OfCompaction(IReadOnlyList<BlockMeta> parents)
    {
        var hints = new List<string>();
        if (parents.All(p => Has(p, FromOutOfOrder))) hints.Add(FromOutOfOrder);
        foreach (string hint in (string[])[FromStaleSeries, FromSelectedSeries])
        {
            if (parents.Any(p => Has(p, hint))) hints.Add(hint);
        }
        return hints.Count > 0 ? hints : null;
    }

    /// <summary>Whether the head begins behind the block.</summary>
    public static bool EndsBeforeHead(BlockMeta meta) => !Has(meta, FromOutOfOrder) && !Has(meta, FromStaleSeries) && !Has(meta, FromSelectedSeries);

    private static bool Has(BlockMeta meta, string hint) => meta.Compaction.Hints?.Contains(hint) == true;
}
