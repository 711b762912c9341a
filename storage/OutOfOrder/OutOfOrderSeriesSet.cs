namespace Streamline.Storage.OutOfOrder;

/// <summary>The out-of-order head's part of a select. Pins nothing: what was captured does not change.</summary>
internal sealed class OutOfOrderSeriesSet(List<OutOfOrderCapture> series, TimeRange range, Head.HeadTombstones? tombstones) : SeriesSet
{
    public override int Count => series.Count;

    public override Labels LabelsAt(int index) => new(series[index].Labels);

    public override SampleCursor Open(int index, SampleCursor? reuse = null)
    {
        var cursor = reuse as OutOfOrderCursor ?? new OutOfOrderCursor();
        cursor.Start(series[index], range, tombstones?.Of(series[index].Ref));
        return cursor;
    }

    public override void Dispose()
    {
    }
}
