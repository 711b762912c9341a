using System.Text;

namespace Streamline.Query.Syntax;

/// <summary>
/// Prints a query over several lines as Prometheus's <c>format_query</c> does: what fits a line stays on it, what does not is split at its parentheses
/// and operators, two spaces a level. Selectors are never split. Comments are lost.
/// </summary>
internal sealed class PrettyPrinter(int width)
{
    /// <summary>Prometheus's width of a line.</summary>
    public const int DefaultWidth = 100;

    private const string Indent = "  ";

    public static string Print(Expr expr, int width = DefaultWidth) => new PrettyPrinter(width).Split(expr, 0);

    private string Split(Expr expr, int level)
    {
        string line = expr.ToString();
        string indent = Spaces(level);
        bool fits = Encoding.UTF8.GetByteCount(line) <= width;
        return expr switch
        {
            UnaryExpr unary => indent + (unary.Negative ? "-" : "+") + Split(unary.Inner, level).Trim(),
            // Prometheus forgets the indentation here; a subquery that fits deserves it too.
            SubqueryExpr subquery when !fits => Split(subquery.Inner, level) + Times(subquery),
            _ when fits => indent + line,
            AggregateExpr aggregate => Split(aggregate, level),
            BinaryExpr binary => $"{Split(binary.Left, level + 1)}\n{indent}{Operator(binary)}\n{Split(binary.Right, level + 1)}",
            CallExpr { Arguments.Count: > 0 } call => $"{indent}{call.Function.Name}(\n{Lines(call.Arguments, level + 1)}\n{indent})",
            ParenExpr paren => $"{indent}(\n{Split(paren.Inner, level + 1)}\n{indent})",
            _ => indent + line,
        };
    }

    private string Split(AggregateExpr aggregate, int level)
    {
        var head = new StringBuilder(Spaces(level));
        ExprPrinter.AppendAggregator(head, aggregate);
        Expr[] arguments = aggregate.Parameter is null ? [aggregate.Inner] : [aggregate.Parameter, aggregate.Inner];
        return $"{head}(\n{Lines(arguments, level + 1)}\n{Spaces(level)})";
    }

    private string Lines(IReadOnlyList<Expr> arguments, int level) => string.Join(",\n", arguments.Select(a => Split(a, level)));

    private static string Operator(BinaryExpr binary)
    {
        var text = new StringBuilder();
        ExprPrinter.AppendOperator(text, binary);
        return text.ToString();
    }

    private static string Times(SubqueryExpr subquery)
    {
        var text = new StringBuilder();
        ExprPrinter.AppendSubqueryTimes(text, subquery);
        return text.ToString();
    }

    private static string Spaces(int level) => string.Concat(Enumerable.Repeat(Indent, level));
}
