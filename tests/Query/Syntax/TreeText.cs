using System.Text;
using Streamline.Query.Syntax;

namespace Streamline.Query.Tests.Syntax;

/// <summary>Trees as text without positions: whole, or only how operators group.</summary>
internal static class TreeText
{
    public static string Of(Expr expr)
    {
        var text = new StringBuilder();
        Append(text, expr, 0);
        return text.ToString();
    }

    public static string Grouped(Expr expr) => expr switch
    {
        BinaryExpr b => $"({Grouped(b.Left)} {b.Op.Symbol()} {Grouped(b.Right)})",
        UnaryExpr u => $"{(u.Negative ? '-' : '+')}({Grouped(u.Inner)})",
        _ => expr.ToString(),
    };

    private static void Append(StringBuilder text, Expr expr, int level)
    {
        text.Append(' ', level).Append(expr.GetType().Name).Append(' ').Append(expr.Type).Append(' ').Append(Own(expr)).Append('\n');
        foreach (Expr child in expr.Children) Append(text, child, level + 1);
    }

    private static string Own(Expr expr) => expr switch
    {
        NumberLiteral n => $"{BitConverter.DoubleToInt64Bits(n.Value)} {n.IsDuration}",
        StringLiteral s => s.Value,
        VectorSelector v => $"{v.Name} {string.Join(';', v.Matchers.Select(m => m.ToString()).Order(StringComparer.Ordinal))} {v.OffsetMs} {v.OffsetExpr} {v.At} {v.Boundary} {v.MayMatchAll}",
        MatrixSelector m => $"{m.RangeMs} {m.RangeExpr}",
        SubqueryExpr q => $"{q.RangeMs} {q.RangeExpr} {q.StepMs} {q.StepExpr} {q.OffsetMs} {q.OffsetExpr} {q.At}",
        BinaryExpr b => $"{b.Op} {b.ReturnBool} {Own(b.Matching)}",
        UnaryExpr u => $"{u.Negative}",
        AggregateExpr a => $"{a.Op} {a.Without} {string.Join(',', a.Grouping)}",
        CallExpr c => c.Function.Name,
        _ => "",
    };

    private static string Own(VectorMatching? matching) => matching is null
        ? "none"
        : $"{matching.Cardinality} {matching.On} {string.Join(',', matching.Labels)}|{string.Join(',', matching.Include)} {matching.FillLeft} {matching.FillRight}";
}
