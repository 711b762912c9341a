using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Query.Syntax;

/// <summary>Prints trees in Prometheus's canonical form (promql/parser/printer.go): one line, which parses to an equal tree.</summary>
internal static class ExprPrinter
{
    public static string Print(Expr expr)
    {
        var text = new StringBuilder();
        Append(text, expr);
        return text.ToString();
    }

    public static string Print(DurationExpr expr)
    {
        var text = new StringBuilder();
        Append(text, expr);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Expr expr)
    {
        switch (expr)
        {
            case NumberLiteral number: AppendNumber(text, number.Value, number.IsDuration); break;
            case StringLiteral literal: LabelNames.AppendQuoted(text, literal.Value); break;
            case VectorSelector selector: AppendSelector(text, selector); break;
            case MatrixSelector matrix: AppendMatrix(text, matrix); break;
            case SubqueryExpr subquery: AppendSubquery(text, subquery); break;
            case ParenExpr paren: AppendParen(text, paren); break;
            case UnaryExpr unary:
                text.Append(unary.Negative ? '-' : '+');
                Append(text, unary.Inner);
                break;
            case BinaryExpr binary: AppendBinary(text, binary); break;
            case AggregateExpr aggregate: AppendAggregate(text, aggregate); break;
            case CallExpr call: AppendCall(text, call); break;
            default: throw new System.Diagnostics.UnreachableException(expr.GetType().Name);
        }
    }

    public static void AppendNumber(StringBuilder text, double value, bool isDuration)
    {
        if (isDuration) DurationText.Append(text, (long)(value * 1000));
        else GoNumbers.AppendPlain(text, value);
    }

    private static void AppendParen(StringBuilder text, ParenExpr paren)
    {
        text.Append('(');
        Append(text, paren.Inner);
        text.Append(')');
    }

    private static void AppendSelector(StringBuilder text, VectorSelector selector)
    {
        AppendSeries(text, selector);
        AppendAt(text, selector.At);
        AppendBoundary(text, selector.Boundary);
        AppendOffset(text, selector.OffsetMs, selector.OffsetExpr);
    }

    private static void AppendMatrix(StringBuilder text, MatrixSelector matrix)
    {
        AppendSeries(text, matrix.Vector);
        text.Append('[');
        AppendDuration(text, matrix.RangeMs, matrix.RangeExpr);
        text.Append(']');
        AppendBoundary(text, matrix.Vector.Boundary);
        AppendAt(text, matrix.Vector.At);
        AppendOffset(text, matrix.Vector.OffsetMs, matrix.Vector.OffsetExpr);
    }

    private static void AppendSubquery(StringBuilder text, SubqueryExpr subquery)
    {
        Append(text, subquery.Inner);
        AppendSubqueryTimes(text, subquery);
    }

    public static void AppendSubqueryTimes(StringBuilder text, SubqueryExpr subquery)
    {
        text.Append('[');
        AppendDuration(text, subquery.RangeMs, subquery.RangeExpr);
        text.Append(':');
        if (subquery.StepMs != 0 || subquery.StepExpr is not null) AppendDuration(text, subquery.StepMs, subquery.StepExpr);
        text.Append(']');
        AppendAt(text, subquery.At);
        AppendOffset(text, subquery.OffsetMs, subquery.OffsetExpr);
    }

    private static void AppendSeries(StringBuilder text, VectorSelector selector)
    {
        text.Append(selector.Name);
        List<string> shown = [];
        foreach (LabelMatcher matcher in selector.Matchers)
        {
            bool isName = selector.Name.Length > 0 && matcher.Name == "__name__" && matcher.Operator == MatchOperator.Equal && matcher.Value == selector.Name;
            if (!isName) shown.Add(matcher.ToString());
        }
        if (shown.Count == 0)
        {
            if (selector.Name.Length == 0) text.Append("{}");
            return;
        }
        shown.Sort(StringComparer.Ordinal);
        text.Append('{').AppendJoin(',', shown).Append('}');
    }

    private static void AppendAt(StringBuilder text, AtModifier? at)
    {
        if (at is not { } modifier) return;
        text.Append(" @ ");
        switch (modifier.Anchor)
        {
            case AtAnchor.Timestamp: text.Append((modifier.TimestampMs / 1000m).ToString("F3", CultureInfo.InvariantCulture)); break;
            case AtAnchor.Start: text.Append("start()"); break;
            case AtAnchor.End: text.Append("end()"); break;
        }
    }

    private static void AppendBoundary(StringBuilder text, RangeBoundary boundary)
    {
        if (boundary != RangeBoundary.Plain) text.Append(boundary == RangeBoundary.Anchored ? " anchored" : " smoothed");
    }

    private static void AppendOffset(StringBuilder text, long offsetMs, DurationExpr? expr)
    {
        if (offsetMs == 0 && expr is null) return;
        text.Append(" offset ");
        AppendDuration(text, offsetMs, expr);
    }

    private static void AppendDuration(StringBuilder text, long ms, DurationExpr? expr)
    {
        if (expr is null) DurationText.Append(text, ms);
        else Append(text, expr);
    }

    private static void Append(StringBuilder text, DurationExpr expr)
    {
        switch (expr)
        {
            case DurationLiteral literal: AppendNumber(text, literal.Seconds, literal.IsDuration); break;
            case DurationOfQuery query: text.Append(query.IsRange ? "range()" : "step()"); break;
            case DurationNegation negation:
                text.Append('-');
                Append(text, negation.Inner);
                break;
            case DurationParen paren:
                text.Append('(');
                Append(text, paren.Inner);
                text.Append(')');
                break;
            case DurationBinary { Op: DurationOperator.MinOf or DurationOperator.MaxOf } choice:
                text.Append(choice.Op == DurationOperator.MinOf ? "min_of(" : "max_of(");
                Append(text, choice.Left);
                text.Append(", ");
                Append(text, choice.Right);
                text.Append(')');
                break;
            case DurationBinary binary:
                Append(text, binary.Left);
                text.Append(' ').Append("+-*/%^"[(int)binary.Op]).Append(' ');
                Append(text, binary.Right);
                break;
            default: throw new System.Diagnostics.UnreachableException(expr.GetType().Name);
        }
    }

    private static void AppendBinary(StringBuilder text, BinaryExpr binary)
    {
        // A sign before the base of a power would take the whole power.
        if (binary is { Op: BinaryOperator.Power, Left: NumberLiteral { Value: double.PositiveInfinity } }) text.Append("Inf");
        else Append(text, binary.Left);
        text.Append(' ');
        AppendOperator(text, binary);
        text.Append(' ');
        Append(text, binary.Right);
    }

    /// <summary>The operator with its modifiers.</summary>
    public static void AppendOperator(StringBuilder text, BinaryExpr binary)
    {
        text.Append(binary.Op.Symbol());
        if (binary.ReturnBool) text.Append(" bool");
        if (binary.Matching is not { } matching) return;
        bool grouped = matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
        if (matching.On || matching.Labels.Count > 0 || grouped) AppendLabels(text.Append(matching.On ? " on" : " ignoring"), matching.Labels);
        if (grouped) AppendLabels(text.Append(matching.Cardinality == MatchCardinality.ManyToOne ? " group_left" : " group_right"), matching.Include);
        if (matching.FillLeft is { } both && both == matching.FillRight)
        {
            AppendFill(text, " fill (", both);
            return;
        }
        if (matching.FillLeft is { } left) AppendFill(text, " fill_left (", left);
        if (matching.FillRight is { } right) AppendFill(text, " fill_right (", right);
    }

    private static void AppendFill(StringBuilder text, string head, double value)
    {
        text.Append(head);
        GoNumbers.AppendGeneral(text, value);
        text.Append(')');
    }

    private static void AppendAggregate(StringBuilder text, AggregateExpr aggregate)
    {
        AppendAggregator(text, aggregate);
        text.Append('(');
        if (aggregate.Parameter is not null)
        {
            Append(text, aggregate.Parameter);
            text.Append(", ");
        }
        Append(text, aggregate.Inner);
        text.Append(')');
    }

    /// <summary>The operator with its grouping.</summary>
    public static void AppendAggregator(StringBuilder text, AggregateExpr aggregate)
    {
        text.Append(aggregate.Op.Symbol());
        if (!aggregate.Without && aggregate.Grouping.Count == 0) return;
        AppendLabels(text.Append(aggregate.Without ? " without" : " by"), aggregate.Grouping);
        text.Append(' ');
    }

    private static void AppendCall(StringBuilder text, CallExpr call)
    {
        text.Append(call.Function.Name).Append('(');
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Append(text, call.Arguments[i]);
        }
        text.Append(')');
    }

    private static void AppendLabels(StringBuilder text, IReadOnlyList<string> labels)
    {
        text.Append(" (");
        for (int i = 0; i < labels.Count; i++)
        {
            if (i > 0) text.Append(", ");
            if (LabelNames.IsLegacy(Encoding.UTF8.GetBytes(labels[i]))) text.Append(labels[i]);
            else LabelNames.AppendQuoted(text, labels[i]);
        }
        text.Append(')');
    }
}
