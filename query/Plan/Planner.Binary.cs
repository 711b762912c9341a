using System.Diagnostics;
using Streamline.Query.Kernels;
using Streamline.Query.Operators;
using Streamline.Query.Operators.Binary;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Plan;

/// <summary>Binary operators.</summary>
internal sealed partial class Planner
{
    private Operator BuildBinary(BinaryExpr expr, StepGrid grid)
    {
        int wholes = expr.Op.IsTrim() ? 1 : 0;
        _wholes += wholes;
        Operator built = BuildOperands(expr, grid);
        _wholes -= wholes;
        return built;
    }

    private Operator BuildOperands(BinaryExpr expr, StepGrid grid)
    {
        var hints = SelectHints.None with { StepMs = context.StepMs };
        if (expr.Left.Type != ValueType.Vector || expr.Right.Type != ValueType.Vector) return BuildWithScalar(expr, grid, hints);
        Operator left = Build(expr.Left, grid, hints), right = Build(expr.Right, grid, hints);
        if (expr.Op.IsSet())
        {
            return expr.Op == BinaryOperator.Or
                ? Unique(new UnionOperator(context, expr, left, right))
                : new IntersectOperator(context, expr, left, right);
        }
        VectorMatchOperator node = Match(expr, left, right);
        // Even with delayed name removal, series matched more than once meet here.
        return new UniqueLabelsOperator(context, node, node.Clash);
    }

    private Operator BuildWithScalar(BinaryExpr expr, StepGrid grid, SelectHints hints)
    {
        bool scalarLeft = expr.Left.Type == ValueType.Scalar && expr.Right.Type == ValueType.Vector;
        Operator inner = Build(scalarLeft ? expr.Right : expr.Left, grid, hints);
        ScalarParameter scalar = Parameter(scalarLeft ? expr.Left : expr.Right, grid);
        return Unique(expr.Op switch
        {
            BinaryOperator.Add => new VectorScalarOperator<AddKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Subtract => new VectorScalarOperator<SubtractKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Multiply => new VectorScalarOperator<MultiplyKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Divide => new VectorScalarOperator<DivideKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Modulo => new VectorScalarOperator<ModuloKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Power => new VectorScalarOperator<PowerKernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Atan2 => new VectorScalarOperator<Atan2Kernel>(context, expr, inner, scalar, scalarLeft),
            BinaryOperator.Equal => new VectorScalarComparison<EqualKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.NotEqual => new VectorScalarComparison<NotEqualKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.Less => new VectorScalarComparison<LessKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.LessOrEqual => new VectorScalarComparison<LessOrEqualKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.Greater => new VectorScalarComparison<GreaterKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.GreaterOrEqual => new VectorScalarComparison<GreaterOrEqualKernel>(context, expr, inner, scalar, scalarLeft, expr.ReturnBool),
            BinaryOperator.TrimUpper or BinaryOperator.TrimLower => new TrimOperator(context, expr, inner, scalar, scalarLeft),
            // The type checker lets sets of vectors only through.
            BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Unless => throw new UnreachableException(expr.ToString()),
        });
    }

    private VectorMatchOperator Match(BinaryExpr expr, Operator left, Operator right) => expr.Op switch
    {
        BinaryOperator.Add => new VectorArithmetic<AddKernel>(context, expr, left, right),
        BinaryOperator.Subtract => new VectorArithmetic<SubtractKernel>(context, expr, left, right),
        BinaryOperator.Multiply => new VectorArithmetic<MultiplyKernel>(context, expr, left, right),
        BinaryOperator.Divide => new VectorArithmetic<DivideKernel>(context, expr, left, right),
        BinaryOperator.Modulo => new VectorArithmetic<ModuloKernel>(context, expr, left, right),
        BinaryOperator.Power => new VectorArithmetic<PowerKernel>(context, expr, left, right),
        BinaryOperator.Atan2 => new VectorArithmetic<Atan2Kernel>(context, expr, left, right),
        BinaryOperator.Equal => new VectorComparison<EqualKernel>(context, expr, left, right),
        BinaryOperator.NotEqual => new VectorComparison<NotEqualKernel>(context, expr, left, right),
        BinaryOperator.Less => new VectorComparison<LessKernel>(context, expr, left, right),
        BinaryOperator.LessOrEqual => new VectorComparison<LessOrEqualKernel>(context, expr, left, right),
        BinaryOperator.Greater => new VectorComparison<GreaterKernel>(context, expr, left, right),
        BinaryOperator.GreaterOrEqual => new VectorComparison<GreaterOrEqualKernel>(context, expr, left, right),
        BinaryOperator.TrimUpper or BinaryOperator.TrimLower => new VectorTrim(context, expr, left, right),
        BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Unless => throw new UnreachableException(expr.ToString()),
    };
}
