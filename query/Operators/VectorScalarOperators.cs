using Streamline.Query.Engine;
using Streamline.Query.Histograms;
using Streamline.Query.Kernels;
using Streamline.Query.Syntax;

namespace Streamline.Query.Operators;

/// <summary>
/// Arithmetic between a vector (or scalar) and a scalar; <paramref name="scalarLeft"/> says where the scalar stands. Without an expression it is a function of
/// two scalars.
/// </summary>
internal sealed class VectorScalarOperator<TKernel>(QueryContext context, BinaryExpr? expr, Operator inner, ScalarParameter scalar, bool scalarLeft)
    : MapOperator(context, inner, keepsName: false) where TKernel : struct, IBinaryKernel
{
    private readonly HistogramArithmetic? _arithmetic = expr is null ? null : new HistogramArithmetic(context, expr);

    protected override void Release()
    {
        scalar.Dispose();
        base.Release();
    }

    protected override void Map(SeriesColumn column)
    {
        Span<double> values = column.Values;
        if (scalarLeft) ColumnKernels.Combine<TKernel>(scalar.Values, values, values);
        else ColumnKernels.Combine<TKernel>(values, scalar.Values, values);
    }

    protected override void MapHistograms(SeriesColumn column) => _arithmetic!.Apply(column, scalar.Values, scalarLeft);
}

/// <summary>A comparison with a scalar: with <c>bool</c> 1 or 0, else it keeps the vector's values where it holds, whichever side they stand on.</summary>
internal sealed class VectorScalarComparison<TKernel>(QueryContext context, BinaryExpr expr, Operator inner, ScalarParameter scalar, bool scalarLeft, bool returnBool)
    : MapOperator(context, inner, keepsName: !returnBool) where TKernel : struct, IComparisonKernel
{
    private readonly HistogramArithmetic _arithmetic = new(context, expr);

    protected override void Release()
    {
        scalar.Dispose();
        base.Release();
    }

    protected override void Map(SeriesColumn column)
    {
        Span<double> values = column.Values;
        ReadOnlySpan<double> left = scalarLeft ? scalar.Values : values, right = scalarLeft ? values : scalar.Values;
        if (returnBool) ColumnKernels.Compare<TKernel>(left, right, values);
        else ColumnKernels.Filter<TKernel>(left, right, column.Present);
    }

    protected override void MapHistograms(SeriesColumn column) => _arithmetic.Apply(column, scalar.Values, scalarLeft);
}

/// <summary>The operators <c>&lt;/</c> and <c>&gt;/</c> with a scalar: for histograms only, and with the scalar behind.</summary>
internal sealed class TrimOperator(QueryContext context, BinaryExpr expr, Operator inner, ScalarParameter scalar, bool scalarLeft)
    : MapOperator(context, inner, keepsName: true)
{
    private readonly HistogramArithmetic _arithmetic = new(context, expr);

    protected override void Release()
    {
        scalar.Dispose();
        base.Release();
    }

    protected override void Map(SeriesColumn column)
    {
        for (int step = 0; step < column.Steps; step++)
        {
            if (!column.Has(step) || column.HistogramAt(step) is not null) continue;
            _arithmetic.Incompatible("float", "float");
            column.Remove(step);
        }
    }

    protected override void MapHistograms(SeriesColumn column) => _arithmetic.Apply(column, scalar.Values, scalarLeft);
}
