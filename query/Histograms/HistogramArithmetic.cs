using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Histograms;

/// <summary>
/// A binary operator where at least one operand is a histogram: histograms may be added, subtracted and compared for equality with each other, scaled and
/// trimmed by numbers. Everything else gives nothing and an info.
/// </summary>
internal sealed class HistogramArithmetic(QueryContext context, BinaryExpr expr)
{
    private readonly WorkingHistogram _result = new();
    private readonly WorkingHistogram _other = new();

    /// <summary>An info about operands that do not fit the operator.</summary>
    public void Incompatible(string left, string right) => HistogramNotes.IncompatibleTypes(context, expr, left, right);

    /// <summary>The operator between the histograms of a column and a scalar; steps without a result become absent.</summary>
    public void Apply(SeriesColumn column, ReadOnlySpan<double> scalar, bool scalarLeft)
    {
        for (int step = 0; step < column.Steps; step++)
        {
            if (column.HistogramAt(step) is not { } histogram) continue;
            bool has = scalarLeft
                ? TryApply(scalar[step], null, 0, histogram, out _, out NativeHistogram? result)
                : TryApply(0, histogram, scalar[step], null, out _, out result);
            if (has) column.Set(step, result!);
            else column.Remove(step);
        }
    }

    /// <summary>The result at one step, a number or a histogram; false when there is none.</summary>
    public bool TryApply(double left, NativeHistogram? leftHistogram, double right, NativeHistogram? rightHistogram, out double value, out NativeHistogram? histogram)
    {
        (value, histogram) = (0, null);
        if (leftHistogram is not null && rightHistogram is not null) return TryBoth(leftHistogram, rightHistogram, out value, out histogram);
        if (leftHistogram is not null) histogram = WithNumber(leftHistogram, right);
        else if (expr.Op == BinaryOperator.Multiply) histogram = _result.Load(rightHistogram!).Multiply(left).ToHistogram();
        if (histogram is not null) return true;
        Incompatible(leftHistogram is null ? "float" : "histogram", rightHistogram is null ? "float" : "histogram");
        return false;
    }

    private NativeHistogram? WithNumber(NativeHistogram histogram, double number) => expr.Op switch
    {
        BinaryOperator.Multiply => _result.Load(histogram).Multiply(number).ToHistogram(),
        BinaryOperator.Divide => _result.Load(histogram).Divide(number).ToHistogram(),
        BinaryOperator.TrimUpper => HistogramTrim.Trim(histogram, number, keepsBelow: true),
        BinaryOperator.TrimLower => HistogramTrim.Trim(histogram, number, keepsBelow: false),
        _ => null,
    };

    private bool TryBoth(NativeHistogram left, NativeHistogram right, out double value, out NativeHistogram? histogram)
    {
        (value, histogram) = (0, null);
        switch (expr.Op)
        {
            case BinaryOperator.Add:
                return TryMerge(_result.Load(left).Add(_other.Load(right)), HistogramNotes.Addition, out histogram);
            case BinaryOperator.Subtract:
                MergeNotes notes = _result.Load(left).Subtract(_other.Load(right));
                _result.Hint = CounterResetHint.Gauge;
                return TryMerge(notes, HistogramNotes.Subtraction, out histogram);
            case BinaryOperator.Equal or BinaryOperator.NotEqual:
                bool holds = HistogramEquality.Equal(left, right) == (expr.Op == BinaryOperator.Equal);
                if (expr.ReturnBool) value = holds ? 1 : 0;
                else histogram = left;
                return holds || expr.ReturnBool;
            default:
                Incompatible("histogram", "histogram");
                return false;
        }
    }

    /// <summary>Colliding resets leave nothing, as in Prometheus (VectorBinop drops the sample with the warning).</summary>
    private bool TryMerge(MergeNotes notes, string operation, out NativeHistogram? histogram)
    {
        histogram = null;
        if ((notes & MergeNotes.Incompatible) != 0)
        {
            context.Annotations.Warn(context, expr, $"incompatible bucket layout encountered for binary operator {expr.Op.Symbol()}");
            return false;
        }
        bool collides = (notes & MergeNotes.ResetCollision) != 0;
        HistogramNotes.Add(context, expr, collides ? MergeNotes.ResetCollision : notes, operation);
        if (collides) return false;
        histogram = _result.ToHistogram();
        return true;
    }
}
