using Streamline.Storage.Files;
using Streamline.Storage.Head;

namespace Streamline.Storage;

/// <summary>
/// Makes one block of samples that come from elsewhere, as a backfill does: they are gathered in memory and written by <see cref="Finish"/>. Each series' samples
/// come in time order. Not thread safe.
/// </summary>
public sealed class BlockBuilder
{
    private readonly HeadStore _head;
    private readonly string _dataDirectory;
    private readonly TimeProvider _time;

    /// <param name="dataDirectory">Where the block will stand.</param>
    /// <param name="durationMs">The longest time that its samples span.</param>
    /// <param name="time">Clock, for the block's name.</param>
    public BlockBuilder(string dataDirectory, long durationMs, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(durationMs, 1);
        (_dataDirectory, _time) = (dataDirectory, time);
        _head = new HeadStore(durationMs);
    }

    /// <summary>The handle of a series, for <see cref="Add"/>.</summary>
    public SeriesHandle Resolve(Labels labels) => _head.Resolve(labels);

    /// <summary>Takes a sample; null, or why it is refused. The same sample twice is taken once.</summary>
    public RejectReason? Add(SeriesHandle series, long timestampMs, double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ref var line = ref _head.Series.Lines.At(series.Slot);
        if (timestampMs < line.State.Timestamp) return RejectReason.OutOfOrder;
        if (timestampMs == line.State.Timestamp && line.Chunk != 0) return bits == line.State.ValueBits ? null : RejectReason.Duplicate;
        _head.ReplaySample(series.Slot, timestampMs, bits);
        _head.ReclaimDuringReplay();
        return null;
    }

    /// <summary>Writes the block and returns its directory; null when there were no samples.</summary>
    /// <exception cref="IOException">The block cannot be written; nothing is left of it.</exception>
    public string? Finish()
    {
        if (_head.IsEmpty) return null;
        DataFiles.Disk.CreateDirectory(_dataDirectory);
        var meta = new HeadBlockCut(_head, DataFiles.Disk, _dataDirectory, _time).Write(_head.MinTime, _head.MaxTime + 1);
        return meta is null ? null : Path.Combine(_dataDirectory, meta.Ulid);
    }
}
