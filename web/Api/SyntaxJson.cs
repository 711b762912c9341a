using System.Text.Json;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Web.Api;

/// <summary>Syntax trees in the shape of Prometheus's <c>parse_query</c> (web/api/v1/translate_ast.go), which its user interface draws.</summary>
internal static class SyntaxJson
{
    public static void Write(Utf8JsonWriter json, Expr? expr)
    {
        if (expr is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, NameOf(expr));
        switch (expr)
        {
            case AggregateExpr aggregate: WriteAggregate(json, aggregate); break;
            case BinaryExpr binary: WriteBinary(json, binary); break;
            case CallExpr call: WriteCall(json, call); break;
            case MatrixSelector matrix: WriteMatrix(json, matrix); break;
            case SubqueryExpr subquery: WriteSubquery(json, subquery); break;
            case NumberLiteral number: json.WriteString("val"u8, new NumberLiteral(number.Value).ToString()); break;
            case ParenExpr paren: WriteChild(json, "expr"u8, paren.Inner); break;
            case StringLiteral literal: json.WriteString("val"u8, literal.Value); break;
            case UnaryExpr unary:
                json.WriteString("op"u8, unary.Negative ? "-"u8 : "+"u8);
                WriteChild(json, "expr"u8, unary.Inner);
                break;
            case VectorSelector selector: WriteSelector(json, selector); break;
        }
        json.WriteEndObject();
    }

    private static string NameOf(Expr expr) => expr switch
    {
        AggregateExpr => "aggregation",
        BinaryExpr => "binaryExpr",
        CallExpr => "call",
        MatrixSelector => "matrixSelector",
        SubqueryExpr => "subquery",
        NumberLiteral => "numberLiteral",
        ParenExpr => "parenExpr",
        StringLiteral => "stringLiteral",
        UnaryExpr => "unaryExpr",
        VectorSelector => "vectorSelector",
        _ => throw new System.Diagnostics.UnreachableException(expr.GetType().Name),
    };

    private static void WriteAggregate(Utf8JsonWriter json, AggregateExpr aggregate)
    {
        json.WriteString("op"u8, aggregate.Op.Symbol());
        WriteChild(json, "expr"u8, aggregate.Inner);
        WriteChild(json, "param"u8, aggregate.Parameter);
        WriteList(json, "grouping"u8, aggregate.Grouping);
        json.WriteBoolean("without"u8, aggregate.Without);
    }

    private static void WriteBinary(Utf8JsonWriter json, BinaryExpr binary)
    {
        json.WriteString("op"u8, binary.Op.Symbol());
        WriteChild(json, "lhs"u8, binary.Left);
        WriteChild(json, "rhs"u8, binary.Right);
        if (binary.Matching is { } matching) WriteMatching(json, matching);
        else json.WriteNull("matching"u8);
        json.WriteBoolean("bool"u8, binary.ReturnBool);
    }

    private static void WriteMatching(Utf8JsonWriter json, VectorMatching matching)
    {
        json.WriteStartObject("matching"u8);
        json.WriteString("card"u8, matching.Cardinality switch
        {
            MatchCardinality.OneToOne => "one-to-one"u8,
            MatchCardinality.ManyToOne => "many-to-one"u8,
            MatchCardinality.OneToMany => "one-to-many"u8,
            MatchCardinality.ManyToMany => "many-to-many"u8,
        });
        WriteList(json, "labels"u8, matching.Labels);
        json.WriteBoolean("on"u8, matching.On);
        WriteList(json, "include"u8, matching.Include);
        json.WriteStartObject("fillValues"u8);
        WriteFill(json, "lhs"u8, matching.FillLeft);
        WriteFill(json, "rhs"u8, matching.FillRight);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // JSON has no infinities and no NaN; Prometheus fails on them, null says at least that there is no number.
    private static void WriteFill(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteCall(Utf8JsonWriter json, CallExpr call)
    {
        json.WriteStartObject("func"u8);
        json.WriteString("name"u8, call.Function.Name);
        json.WriteStartArray("argTypes"u8);
        foreach (var type in call.Function.Arguments) json.WriteStringValue(TypeOf(type));
        json.WriteEndArray();
        json.WriteNumber("variadic"u8, call.Function.Variadic);
        json.WriteString("returnType"u8, TypeOf(call.Function.Returns));
        json.WriteEndObject();
        json.WriteStartArray("args"u8);
        foreach (Expr argument in call.Arguments) Write(json, argument);
        json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> TypeOf(Query.ValueType type) => type switch
    {
        Query.ValueType.Scalar => "scalar"u8,
        Query.ValueType.String => "string"u8,
        Query.ValueType.Vector => "vector"u8,
        Query.ValueType.Matrix => "matrix"u8,
    };

    private static void WriteMatrix(Utf8JsonWriter json, MatrixSelector matrix)
    {
        json.WriteNumber("range"u8, matrix.RangeMs);
        WriteDuration(json, "rangeExpr"u8, matrix.RangeExpr);
        WriteSelector(json, matrix.Vector);
    }

    private static void WriteSelector(Utf8JsonWriter json, VectorSelector selector)
    {
        json.WriteString("name"u8, selector.Name);
        json.WriteStartArray("matchers"u8);
        // A name outside the braces is the last condition in Prometheus and the first in our tree.
        int first = selector.Name.Length > 0 ? 1 : 0;
        for (int i = first; i < selector.Matchers.Count; i++) WriteMatcher(json, selector.Matchers[i]);
        if (first > 0) WriteMatcher(json, selector.Matchers[0]);
        json.WriteEndArray();
        json.WriteNumber("offset"u8, selector.OffsetMs);
        WriteDuration(json, "offsetExpr"u8, selector.OffsetExpr);
        WriteAt(json, selector.At);
        json.WriteBoolean("anchored"u8, selector.Boundary == RangeBoundary.Anchored);
        json.WriteBoolean("smoothed"u8, selector.Boundary == RangeBoundary.Smoothed);
    }

    private static void WriteMatcher(Utf8JsonWriter json, LabelMatcher matcher)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, matcher.Name);
        json.WriteString("type"u8, LabelMatcher.SymbolOf(matcher.Operator));
        json.WriteString("value"u8, matcher.Value);
        json.WriteEndObject();
    }

    private static void WriteSubquery(Utf8JsonWriter json, SubqueryExpr subquery)
    {
        WriteChild(json, "expr"u8, subquery.Inner);
        json.WriteNumber("range"u8, subquery.RangeMs);
        WriteDuration(json, "rangeExpr"u8, subquery.RangeExpr);
        json.WriteNumber("step"u8, subquery.StepMs);
        WriteDuration(json, "stepExpr"u8, subquery.StepExpr);
        json.WriteNumber("offset"u8, subquery.OffsetMs);
        WriteDuration(json, "offsetExpr"u8, subquery.OffsetExpr);
        WriteAt(json, subquery.At);
    }

    private static void WriteAt(Utf8JsonWriter json, AtModifier? at)
    {
        if (at is { Anchor: AtAnchor.Timestamp, TimestampMs: var timestampMs }) json.WriteNumber("timestamp"u8, timestampMs);
        else json.WriteNull("timestamp"u8);
        if (at is { Anchor: not AtAnchor.Timestamp, Anchor: var anchor }) json.WriteString("startOrEnd"u8, anchor == AtAnchor.Start ? "start"u8 : "end"u8);
        else json.WriteNull("startOrEnd"u8);
    }

    private static void WriteDuration(Utf8JsonWriter json, ReadOnlySpan<byte> name, DurationExpr? duration)
    {
        json.WritePropertyName(name);
        Write(json, duration);
    }

    private static void Write(Utf8JsonWriter json, DurationExpr? duration)
    {
        // Parentheses are a mark on what they hold; around a number they leave no trace.
        bool wrapped = duration is DurationParen;
        while (duration is DurationParen paren) duration = paren.Inner;
        if (duration is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        switch (duration)
        {
            case DurationLiteral literal:
                json.WriteString("type"u8, "numberLiteral"u8);
                json.WriteString("val"u8, new NumberLiteral(literal.Seconds).ToString());
                json.WriteBoolean("duration"u8, literal.IsDuration);
                break;
            case DurationOfQuery query: WriteOperation(json, query.IsRange ? "range"u8 : "step"u8, null, null, wrapped); break;
            case DurationNegation negation: WriteOperation(json, "-"u8, null, negation.Inner, wrapped); break;
            case DurationBinary binary: WriteOperation(json, SymbolOf(binary.Op), binary.Left, binary.Right, wrapped); break;
        }
        json.WriteEndObject();
    }

    private static void WriteOperation(Utf8JsonWriter json, ReadOnlySpan<byte> op, DurationExpr? left, DurationExpr? right, bool wrapped)
    {
        json.WriteString("type"u8, "durationExpr"u8);
        json.WriteString("op"u8, op);
        WriteDuration(json, "lhs"u8, left);
        WriteDuration(json, "rhs"u8, right);
        json.WriteBoolean("wrapped"u8, wrapped);
    }

    private static ReadOnlySpan<byte> SymbolOf(DurationOperator op) => op switch
    {
        DurationOperator.Add => "+"u8,
        DurationOperator.Subtract => "-"u8,
        DurationOperator.Multiply => "*"u8,
        DurationOperator.Divide => "/"u8,
        DurationOperator.Modulo => "%"u8,
        DurationOperator.Power => "^"u8,
        DurationOperator.MinOf => "min_of"u8,
        DurationOperator.MaxOf => "max_of"u8,
    };

    private static void WriteChild(Utf8JsonWriter json, ReadOnlySpan<byte> name, Expr? expr)
    {
        json.WritePropertyName(name);
        Write(json, expr);
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
