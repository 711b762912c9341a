using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;

namespace Streamline.Query.Operators;

/// <summary>A node that changes each column of its input in place.</summary>
internal abstract class MapOperator(QueryContext context, Operator inner, bool keepsName) : Operator(context, inner.Grid)
{
    public sealed override int Next(Span<SeriesColumn> columns)
    {
        int filled = inner.Next(columns);
        for (int i = 0; i < filled; i++)
        {
            if (columns[i].HasHistograms) MapHistograms(columns[i]);
            Map(columns[i]);
        }
        return filled;
    }

    protected override void Release() => inner.Dispose();

    protected override SeriesHeader[] ComputeHeaders() => keepsName ? inner.Headers() : WithoutNames(inner.Headers());

    /// <summary>Changes one series.</summary>
    protected abstract void Map(SeriesColumn column);

    /// <summary>Comes before <see cref="Map"/> where there are histograms: functions of numbers leave them out.</summary>
    protected virtual void MapHistograms(SeriesColumn column) => column.DropHistograms();
}

/// <summary>Takes the metric name away and leaves the values alone.</summary>
internal sealed class DropNameOperator(QueryContext context, Operator inner) : MapOperator(context, inner, keepsName: false)
{
    protected override void Map(SeriesColumn column) { }

    protected override void MapHistograms(SeriesColumn column) { }
}

/// <summary>The unary minus; a histogram that is turned over is a gauge.</summary>
internal sealed class NegateOperator(QueryContext context, Operator inner) : MapOperator(context, inner, keepsName: false)
{
    private readonly WorkingHistogram _scratch = new();

    protected override void Map(SeriesColumn column) => ColumnKernels.Map<NegateKernel>(column.Values);

    protected override void MapHistograms(SeriesColumn column)
    {
        for (int step = 0; step < column.Steps; step++)
        {
            if (column.HistogramAt(step) is { } histogram) column.Set(step, _scratch.Load(histogram).Multiply(-1).ToHistogram());
        }
    }
}

/// <summary>A function of one number.</summary>
internal sealed class UnaryOperator<TKernel>(QueryContext context, Operator inner) : MapOperator(context, inner, keepsName: false)
    where TKernel : struct, IUnaryKernel
{
    protected override void Map(SeriesColumn column) => ColumnKernels.Map<TKernel>(column.Values);
}

/// <summary><c>timestamp()</c> of anything but a selector: the evaluation time.</summary>
internal sealed class EvaluationTimeOperator(QueryContext context, Operator inner) : MapOperator(context, inner, keepsName: false)
{
    protected override void Map(SeriesColumn column)
    {
        for (int step = 0; step < column.Steps; step++) column.Values[step] = Grid.TimeAt(step) / 1000.0;
    }

    protected override void MapHistograms(SeriesColumn column) => column.ForgetHistograms();
}

/// <summary><c>clamp</c>, <c>clamp_min</c>, <c>clamp_max</c>, one bound possibly missing; an empty interval gives nothing.</summary>
internal sealed class ClampOperator(QueryContext context, Operator inner, ScalarParameter? min, ScalarParameter? max)
    : MapOperator(context, inner, keepsName: false)
{
    protected override void Release()
    {
        min?.Dispose();
        max?.Dispose();
        base.Release();
    }

    protected override void Map(SeriesColumn column)
    {
        Span<double> values = column.Values;
        for (int step = 0; step < values.Length; step++)
        {
            double value = values[step];
            if (min is not null && max is not null && max.Values[step] < min.Values[step]) Presence.Clear(column.Present, step);
            if (max is not null) value = GoMath.Min(max.Values[step], value);
            if (min is not null) value = GoMath.Max(min.Values[step], value);
            values[step] = value;
        }
    }
}

/// <summary><c>round(v, to)</c>.</summary>
internal sealed class RoundOperator(QueryContext context, Operator inner, ScalarParameter? toNearest) : MapOperator(context, inner, keepsName: false)
{
    protected override void Release()
    {
        toNearest?.Dispose();
        base.Release();
    }

    protected override void Map(SeriesColumn column)
    {
        Span<double> values = column.Values;
        for (int step = 0; step < values.Length; step++)
            values[step] = GoMath.Round(values[step], toNearest is null ? 1 : toNearest.Values[step]);
    }
}
