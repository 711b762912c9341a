using Streamline.Query.Engine;
using Streamline.Query.Kernels;
using Streamline.Query.Plan;
using Streamline.Storage;

namespace Streamline.Query.Operators;

/// <summary>A node with one series without labels.</summary>
internal abstract class SingleSeriesOperator(QueryContext context, StepGrid grid) : Operator(context, grid)
{
    private bool _done;

    public sealed override int Next(Span<SeriesColumn> columns)
    {
        if (_done || columns.IsEmpty) return 0;
        _done = true;
        columns[0].Index = 0;
        Fill(columns[0]);
        return 1;
    }

    protected override SeriesHeader[] ComputeHeaders() => [new SeriesHeader(Labels.Empty)];

    /// <summary>Computes the series.</summary>
    protected abstract void Fill(SeriesColumn column);
}

/// <summary>A number.</summary>
internal sealed class NumberOperator(QueryContext context, StepGrid grid, double value) : SingleSeriesOperator(context, grid)
{
    protected override void Fill(SeriesColumn column) => column.Fill(value);
}

/// <summary><c>time()</c>: seconds of each step.</summary>
internal sealed class TimeOperator(QueryContext context, StepGrid grid) : SingleSeriesOperator(context, grid)
{
    protected override void Fill(SeriesColumn column)
    {
        column.Clear();
        for (int step = 0; step < column.Steps; step++) column.Set(step, Grid.TimeAt(step) / 1000.0);
    }
}

/// <summary><c>scalar(v)</c>: the value of the only series with a number at a step, else NaN.</summary>
internal sealed class ScalarOfVectorOperator(QueryContext context, StepGrid grid, Operator inner) : SingleSeriesOperator(context, grid)
{
    protected override void Release() => inner.Dispose();

    protected override void Fill(SeriesColumn column)
    {
        using var reader = new ColumnReader(Context, inner);
        ulong[] several = new ulong[Presence.Words(column.Steps)];
        column.Clear();
        while (reader.MoveNext())
        {
            SeriesColumn series = reader.Current;
            for (int step = 0; step < column.Steps; step++)
            {
                if (!series.Has(step) || series.HistogramAt(step) is not null) continue;
                if (column.Has(step)) Presence.Set(several, step);
                column.Set(step, series.Values[step]);
            }
        }
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step) || Presence.Has(several, step)) column.Set(step, StaleMarker.NormalNaN);
        }
    }
}

/// <summary><c>absent</c> and <c>absent_over_time</c>: 1 at the steps where no series has a value.</summary>
internal sealed class AbsentOperator(QueryContext context, StepGrid grid, Labels labels, Operator inner) : SingleSeriesOperator(context, grid)
{
    protected override void Release() => inner.Dispose();

    protected override SeriesHeader[] ComputeHeaders() => [new SeriesHeader(labels)];

    protected override void Fill(SeriesColumn column)
    {
        using var reader = new ColumnReader(Context, inner);
        column.Fill(1);
        while (reader.MoveNext()) Presence.AndNot(column.Present, reader.Current.Present);
    }
}
