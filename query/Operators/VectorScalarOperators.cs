using Streamline.Query.Engine;
using Streamline.Query.Kernels;

namespace Streamline.Query.Operators;

/// <summary>Arithmetic between a vector (or scalar) and a scalar; <paramref name="scalarLeft"/> says where the scalar stands.</summary>
internal sealed class VectorScalarOperator<TKernel>(QueryContext context, Operator inner, ScalarParameter scalar, bool scalarLeft)
    : MapOperator(context, inner, keepsName: false) where TKernel : struct, IBinaryKernel
{
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
}

/// <summary>A comparison with a scalar: with <c>bool</c> 1 or 0, else it keeps the vector's values where it holds, whichever side they stand on.</summary>
internal sealed class VectorScalarComparison<TKernel>(QueryContext context, Operator inner, ScalarParameter scalar, bool scalarLeft, bool returnBool)
    : MapOperator(context, inner, keepsName: !returnBool) where TKernel : struct, IComparisonKernel
{
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
}
