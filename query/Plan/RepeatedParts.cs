using Streamline.Query.Engine;
using Streamline.Query.Operators;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Plan;

/// <summary>
/// Parts that a query has more than once, as in <c>a / (a + b)</c>: planned at each place, evaluated at one. Told by their canonical text, grid and what stands
/// around them. The outermost ones only; none with a grid of its own inside, whose samples are counted apart.
/// </summary>
internal sealed class RepeatedParts
{
    // Longer queries are made by programs; printing each part of each part of them is worth more than what it saves.
    private const int LongestText = 10_000;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<Place, SharedColumns> _shared = [];
    private bool _inside;

    private readonly record struct Place(string Text, StepGrid Grid, SampleMeter Meter, bool Statistics, string Around);

    /// <summary>Looks through a query; null when nothing in it comes twice.</summary>
    public static RepeatedParts? Of(Expr query)
    {
        var selectors = new HashSet<string>(StringComparer.Ordinal);
        bool any = false;
        foreach (VectorSelector selector in query.Selectors()) any |= !selectors.Add(selector.ToString());
        if (!any || query.ToString().Length > LongestText) return null;
        var parts = new RepeatedParts();
        foreach (Expr part in query.DescendantsAndSelf())
        {
            if (!IsWorth(part)) continue;
            string text = part.ToString();
            parts._counts[text] = parts._counts.GetValueOrDefault(text) + 1;
        }
        return parts;
    }

    /// <summary>Builds a part, to be shared if it comes again.</summary>
    public Operator Build(QueryContext context, Expr expr, StepGrid grid, bool statistics, SelectHints hints, Func<Operator> build)
    {
        if (_inside || !IsWorth(expr)) return build();
        string text = expr.ToString();
        if (_counts.GetValueOrDefault(text) < 2) return build();
        string around = $"{hints.Function} {hints.By} {string.Join(',', hints.Grouping ?? [])}";
        var place = new Place(text, grid, context.Meter, statistics, around);
        if (!_shared.TryGetValue(place, out SharedColumns? shared)) _shared[place] = shared = new SharedColumns(context);
        _inside = true;
        Operator inner = build();
        _inside = false;
        return new SharedOperator(context, inner, shared);
    }

    private static bool IsWorth(Expr expr)
    {
        if (expr is not (VectorSelector or CallExpr or AggregateExpr or BinaryExpr) || expr.Type != ValueType.Vector) return false;
        bool reads = false;
        foreach (Expr part in expr.DescendantsAndSelf())
        {
            if (part is SubqueryExpr or VectorSelector { At: not null }) return false;
            reads |= part is VectorSelector;
        }
        return reads;
    }
}
