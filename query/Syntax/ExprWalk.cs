namespace Streamline.Query.Syntax;

/// <summary>Ways over a tree.</summary>
public static class ExprWalk
{
    /// <summary>The node and everything below it, parents first.</summary>
    public static IEnumerable<Expr> DescendantsAndSelf(this Expr expr)
    {
        var open = new Stack<Expr>();
        open.Push(expr);
        while (open.TryPop(out Expr? node))
        {
            yield return node;
            for (int i = node.Children.Count - 1; i >= 0; i--) open.Push(node.Children[i]);
        }
    }

    /// <summary>All selectors of series; each one's <see cref="VectorSelector.Matchers"/> start with the equality on the name if there is one.</summary>
    public static IEnumerable<VectorSelector> Selectors(this Expr expr) => expr.DescendantsAndSelf().OfType<VectorSelector>();

    /// <summary>The same node over other children; the node itself when none changed.</summary>
    public static Expr WithChildren(this Expr expr, Func<Expr, Expr> map)
    {
        IReadOnlyList<Expr> old = expr.Children;
        if (old.Count == 0) return expr;
        var children = new Expr[old.Count];
        bool changed = false;
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = map(old[i]);
            changed |= !ReferenceEquals(children[i], old[i]);
        }
        return changed ? Rebuild(expr, children) with { Start = expr.Start, End = expr.End } : expr;
    }

    private static Expr Rebuild(Expr expr, Expr[] children) => expr switch
    {
        MatrixSelector matrix => matrix with { Vector = (VectorSelector)children[0] },
        SubqueryExpr s => new SubqueryExpr(children[0], s.RangeMs, s.StepMs)
        {
            RangeExpr = s.RangeExpr,
            StepExpr = s.StepExpr,
            OffsetMs = s.OffsetMs,
            OffsetExpr = s.OffsetExpr,
            At = s.At,
        },
        ParenExpr => new ParenExpr(children[0]),
        UnaryExpr unary => new UnaryExpr(unary.Negative, children[0]),
        BinaryExpr b => new BinaryExpr(b.Op, children[0], children[1], b.ReturnBool, b.Matching),
        AggregateExpr a => new AggregateExpr(a.Op, children[0], children.Length > 1 ? children[1] : null, a.Grouping, a.Without),
        CallExpr call => new CallExpr(call.Function, children),
        _ => throw new System.Diagnostics.UnreachableException(expr.GetType().Name),
    };
}
