using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using Streamline.Storage.Head;
using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// Writes out-of-order samples as blocks, one for each aligned range that has any. They overlap the blocks and the head of the same time; compaction puts
/// overlapping blocks together later.
/// </summary>
internal sealed class OutOfOrderCut(DataFiles files, string directory, TimeProvider time, long rangeMs, HeadTombstones tombstones)
{
    private readonly long[] _times = new long[SeriesEncoder.SamplesPerChunk];
    private readonly double[] _values = new double[SeriesEncoder.SamplesPerChunk];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[SeriesEncoder.SamplesPerChunk];

    /// <summary>Files that hold some of the samples' chunks.</summary>
    public HeadChunkFiles? HeadChunks { get; init; }

    public BlockFormat Format { get; init; } = BlockFormat.Usual;

    /// <summary>The blocks, which nobody reads yet, added to <paramref name="written"/> as they are made: the caller removes them when one fails.</summary>
    public void Write(List<OutOfOrderCapture> frozen, List<BlockMeta> written)
    {
        using var cursor = new OutOfOrderCursor(HeadChunks);
        frozen.Sort();
        for (long next = NextTime(frozen, long.MinValue); next != long.MaxValue;)
        {
            long from = AlignedStart(next);
            var range = new TimeRange(from, from + rangeMs - 1);
            if (WriteRange(frozen, range, cursor) is { } meta) written.Add(meta);
            next = NextTime(frozen, range.MaxMs + 1);
        }
    }

    /// <summary>Where the next part goes on: a window may be years long, and most of its ranges empty.</summary>
    private static long NextTime(List<OutOfOrderCapture> frozen, long fromMs)
    {
        long next = long.MaxValue;
        foreach (var series in frozen)
        {
            foreach (ref readonly var part in series.Parts) next = Math.Min(next, From(part, fromMs));
            if (series.Open is not null) next = Math.Min(next, From(OutOfOrderPart.AsItIs(series.Open), fromMs));
        }
        return next;
    }

    private static long From(in OutOfOrderPart part, long fromMs) => part.MaxTime >= fromMs ? Math.Max(part.MinTime, fromMs) : long.MaxValue;

    private long AlignedStart(long timestampMs) => (timestampMs >= 0 ? timestampMs / rangeMs : (timestampMs - rangeMs + 1) / rangeMs) * rangeMs;

    private BlockMeta? WriteRange(List<OutOfOrderCapture> frozen, TimeRange range, OutOfOrderCursor cursor)
    {
        // Made at the first sample: a part that spans the range need not have one in it.
        BlockWriter? writer = null;
        SeriesEncoder? encoder = null;
        try
        {
            foreach (var series in frozen)
            {
                if (!series.Overlaps(range)) continue;
                cursor.Start(series, range, tombstones.Of(series.Ref));
                int read = cursor.Next(_times, _values);
                if (read == 0 && !cursor.AtHistogram) continue;
                writer ??= new BlockWriter(files, directory, time, new BlockOrigin(range.MinMs, range.MaxMs + 1) { Hints = [BlockHints.FromOutOfOrder], Format = Format });
                encoder ??= new SeriesEncoder(writer);
                writer.StartSeries(new Labels(series.Labels));
                Encode(cursor, read, encoder);
            }
            return writer?.Finish();
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private void Encode(OutOfOrderCursor cursor, int floats, SeriesEncoder encoder)
    {
        for (int read = floats; read > 0 || cursor.AtHistogram; read = cursor.Next(_times, _values))
        {
            for (int i = 0; i < read; i++) encoder.Add(_times[i], _values[i]);
            if (read > 0) continue;
            read = cursor.NextHistograms(_times, _histograms);
            for (int i = 0; i < read; i++) encoder.Add(_times[i], _histograms[i]);
        }
        encoder.EndSeries();
    }
}
