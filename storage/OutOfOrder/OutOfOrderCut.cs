using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Head;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// Writes out-of-order samples as blocks, one for each aligned range that has any. They overlap the blocks and the head of the same time; compaction puts
/// overlapping blocks together later.
/// </summary>
internal sealed class OutOfOrderCut(DataFiles files, string directory, TimeProvider time, long rangeMs, HeadTombstones tombstones)
{
    private readonly long[] _times = new long[ChunkCutting.TargetSamples];
    private readonly double[] _values = new double[ChunkCutting.TargetSamples];
    private readonly byte[] _buffer = new byte[XorChunk.HeaderBytes + ChunkCutting.TargetSamples * XorChunk.MaxSampleBytes];

    /// <summary>The blocks, which nobody reads yet, added to <paramref name="written"/> as they are made: the caller removes them when one fails.</summary>
    public void Write(List<OutOfOrderCapture> frozen, List<BlockMeta> written)
    {
        using var cursor = new OutOfOrderCursor();
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
            foreach (ref readonly var part in series.Parts)
            {
                if (part.MaxTime >= fromMs) next = Math.Min(next, Math.Max(part.MinTime, fromMs));
            }
        }
        return next;
    }

    private long AlignedStart(long timestampMs) => (timestampMs >= 0 ? timestampMs / rangeMs : (timestampMs - rangeMs + 1) / rangeMs) * rangeMs;

    private BlockMeta? WriteRange(List<OutOfOrderCapture> frozen, TimeRange range, OutOfOrderCursor cursor)
    {
        // Made at the first sample: a part that spans the range need not have one in it.
        BlockWriter? writer = null;
        try
        {
            foreach (var series in frozen)
            {
                if (!series.Overlaps(range)) continue;
                cursor.Start(series, range, tombstones.Of(series.Ref));
                int read = cursor.Next(_times, _values);
                if (read == 0) continue;
                writer ??= new BlockWriter(files, directory, time, new BlockOrigin(range.MinMs, range.MaxMs + 1) { Hints = [BlockHints.FromOutOfOrder] });
                writer.StartSeries(new Labels(series.Labels));
                for (; read > 0; read = cursor.Next(_times, _values)) AddChunk(writer, read);
            }
            return writer?.Finish();
        }
        finally
        {
            writer?.Dispose();
        }
    }

    private void AddChunk(BlockWriter writer, int count)
    {
        var state = XorState.Empty;
        for (int i = 0; i < count; i++) XorChunk.TryAppend(_buffer, ref state, _times[i], _values[i]);
        writer.AddChunk(_times[0], _times[count - 1], _buffer.AsSpan(0, state.ByteLength));
    }
}
