using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.OutOfOrder;

/// <summary>The out-of-order head's part of a select. What was captured does not change; pinned are the files that hold some of it.</summary>
internal sealed class OutOfOrderSeriesSet(List<OutOfOrderCapture> series, TimeRange range, Head.HeadTombstones? tombstones, HeadChunkFiles? files, Action leave) : SeriesSet
{
    private Action? _leave = leave;

    public override int Count => series.Count;

    public override Labels LabelsAt(int index) => new(series[index].Labels);

    public override SampleCursor Open(int index, SampleCursor? reuse = null)
    {
        var cursor = reuse as OutOfOrderCursor ?? new OutOfOrderCursor(files);
        cursor.Start(series[index], range, tombstones?.Of(series[index].Ref));
        return cursor;
    }

    public override void Dispose()
    {
        Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
