using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>The series of one selector, opened once: its headers and a cursor that moves from series to series.</summary>
internal sealed class Selection : IDisposable
{
    private readonly SeriesSet _series;
    private readonly SampleCursor?[] _cursors = new SampleCursor?[SeriesLanes.Count];
    private readonly StatisticsCursor?[]? _statistics;

    // statistics: histograms come without their buckets.
    public Selection(QueryContext context, IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints, bool statistics = false)
    {
        _statistics = statistics ? new StatisticsCursor?[SeriesLanes.Count] : null;
        _series = context.Store.Select(matchers, range, hints);
        Headers = context.Account.ReadHeaders(_series);
        context.Account.SeriesRead += Headers.Length;
    }

    /// <summary>Labels, ascending.</summary>
    public SeriesHeader[] Headers { get; }

    /// <summary>Opens a series; the cursor is good until the lane's next call.</summary>
    public SampleCursor Open(int index, int lane = 0)
    {
        SampleCursor cursor = _cursors[lane] = _series.Open(index, _cursors[lane]);
        return _statistics is null ? cursor : (_statistics[lane] ??= new StatisticsCursor()).Begin(cursor);
    }

    /// <summary>Counts the samples that an instant selector has put into a column: one a step.</summary>
    public static void Count(SampleMeter meter, SeriesColumn column, long seen)
    {
        if (!meter.IsPerStep)
        {
            meter.Count(seen, seen);
            return;
        }
        for (int step = 0; step < column.Steps; step++)
        {
            if (column.Has(step)) meter.CountAt(step, 1, 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SampleCursor? cursor in _cursors) cursor?.Dispose();
        _series.Dispose();
    }
}
