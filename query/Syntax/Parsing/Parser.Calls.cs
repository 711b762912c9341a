using Streamline.Query.Syntax.Lexing;

namespace Streamline.Query.Syntax.Parsing;

/// <summary>Aggregations and function calls.</summary>
internal sealed partial class Parser
{
    private AggregateExpr ParseAggregate(Token name)
    {
        AggregateOperator op = AggregatorOf(name.Kind);
        _openAggregations++;
        bool grouped = TryGrouping(out List<string> labels, out bool without);
        if (_token.Kind != TokenKind.LeftParen) FailUnexpected();
        List<Expr> arguments = ParseArguments();
        _openAggregations--;
        if (!grouped) TryGrouping(out labels, out without);
        CheckAggregate(op, name.Start, arguments.Count);
        Expr? parameter = op.TakesParameter() ? arguments[0] : null;
        return new AggregateExpr(op, arguments[^1], parameter, labels, without) { Start = name.Start, End = _lastEnd };
    }

    private void CheckAggregate(AggregateOperator op, int start, int count)
    {
        if (count == 0) Fail(start, _lastEnd, "no arguments for aggregate expression provided");
        if (op.IsExperimental() && !_features.HasFlag(SyntaxFeatures.ExperimentalFunctions))
        {
            Fail(start, _lastEnd, $"{op.Symbol()}() is experimental and must be enabled with --enable-feature=promql-experimental-functions");
        }
        int wanted = op.TakesParameter() ? 2 : 1;
        if (count != wanted)
        {
            Fail(start, _lastEnd, $"wrong number of arguments for aggregate expression provided, expected {wanted}, got {count}");
        }
    }

    private bool TryGrouping(out List<string> labels, out bool without)
    {
        without = _token.Kind == TokenKind.Without;
        labels = [];
        if (_token.Kind is not (TokenKind.By or TokenKind.Without)) return false;
        Take();
        labels = ParseLabels();
        return true;
    }

    private CallExpr ParseCall(Token name)
    {
        List<Expr> arguments = ParseArguments();
        string text = TextOf(name).ToString();
        FunctionSignature? function = FunctionTable.Find(text);
        if (function is null) Fail(name, $"unknown function with name {GoStrings.Quote(text)}");
        if (function.IsExperimental && !_features.HasFlag(SyntaxFeatures.ExperimentalFunctions))
        {
            Fail(name, $"function {GoStrings.Quote(text)} is not enabled");
        }
        // info's second argument only carries conditions on labels: there a selector may match everything.
        if (text == "info" && arguments is [_, VectorSelector { Name: "" } conditions, ..]) arguments[1] = conditions with { MayMatchAll = true };
        return new CallExpr(function, arguments) { Start = name.Start, End = _lastEnd };
    }

    private List<Expr> ParseArguments()
    {
        Expect(TokenKind.LeftParen);
        List<Expr> arguments = [];
        if (TryTake(TokenKind.RightParen)) return arguments;
        arguments.Add(ParseExpr(1));
        while (_token.Kind == TokenKind.Comma)
        {
            Token comma = Take();
            if (!Tokens.StartsExpression(_token.Kind)) Fail(comma, "trailing commas not allowed in function call args");
            arguments.Add(ParseExpr(1));
        }
        Expect(TokenKind.RightParen);
        return arguments;
    }

    private static AggregateOperator AggregatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Avg => AggregateOperator.Avg,
        TokenKind.Bottomk => AggregateOperator.Bottomk,
        TokenKind.Count => AggregateOperator.Count,
        TokenKind.CountValues => AggregateOperator.CountValues,
        TokenKind.Group => AggregateOperator.Group,
        TokenKind.Max => AggregateOperator.Max,
        TokenKind.Min => AggregateOperator.Min,
        TokenKind.Quantile => AggregateOperator.Quantile,
        TokenKind.Stddev => AggregateOperator.Stddev,
        TokenKind.Stdvar => AggregateOperator.Stdvar,
        TokenKind.Sum => AggregateOperator.Sum,
        TokenKind.Topk => AggregateOperator.Topk,
        TokenKind.Limitk => AggregateOperator.Limitk,
        TokenKind.LimitRatio => AggregateOperator.LimitRatio,
        _ => throw new System.Diagnostics.UnreachableException(kind.ToString()),
    };
}
