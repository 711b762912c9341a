using Streamline.Query.Engine;
using Streamline.Query.Syntax;

namespace Streamline.Query.Histograms;

/// <summary>The annotations about combining histograms, in Prometheus's words.</summary>
internal static class HistogramNotes
{
    public const string Addition = "addition";
    public const string Subtraction = "subtraction";
    public const string Aggregation = "aggregation";

    /// <summary>Tells of collisions and reconciled bounds.</summary>
    public static void Add(QueryContext context, Expr at, MergeNotes notes, string operation)
    {
        if (notes == MergeNotes.None) return;
        if ((notes & MergeNotes.ResetCollision) != 0)
            context.Annotations.Warn(context, at, "conflicting counter resets during histogram " + operation);
        if ((notes & MergeNotes.BoundsReconciled) != 0)
            context.Annotations.Inform(context, at, "mismatched custom buckets were reconciled during " + operation);
    }

    /// <summary>An aggregation that knows numbers only.</summary>
    public static void Ignored(QueryContext context, Expr at, string aggregation) =>
        context.Annotations.Inform(context, at, $"ignored histogram in {aggregation} aggregation");

    /// <summary>An operator that its operands do not know.</summary>
    public static void IncompatibleTypes(QueryContext context, BinaryExpr expr, string left, string right)
    {
        string op = expr.Op.Symbol();
        context.Annotations.Inform(context, expr, $"incompatible sample types encountered for binary operator \"{op}\": {left} {op} {right}");
    }
}
