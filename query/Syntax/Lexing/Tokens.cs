using System.Collections.Frozen;

namespace Streamline.Query.Syntax.Lexing;

/// <summary>Keywords, classes of tokens, and how messages show them.</summary>
internal static class Tokens
{
    private const int LongestShown = 10;

    private static readonly FrozenDictionary<string, TokenKind> Keywords = new Dictionary<string, TokenKind>
    {
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["unless"] = TokenKind.Unless,
        ["atan2"] = TokenKind.Atan2,
        ["sum"] = TokenKind.Sum,
        ["avg"] = TokenKind.Avg,
        ["count"] = TokenKind.Count,
        ["min"] = TokenKind.Min,
        ["max"] = TokenKind.Max,
        ["group"] = TokenKind.Group,
        ["stddev"] = TokenKind.Stddev,
        ["stdvar"] = TokenKind.Stdvar,
        ["topk"] = TokenKind.Topk,
        ["bottomk"] = TokenKind.Bottomk,
        ["count_values"] = TokenKind.CountValues,
        ["quantile"] = TokenKind.Quantile,
        ["limitk"] = TokenKind.Limitk,
        ["limit_ratio"] = TokenKind.LimitRatio,
        ["offset"] = TokenKind.Offset,
        ["smoothed"] = TokenKind.Smoothed,
        ["anchored"] = TokenKind.Anchored,
        ["by"] = TokenKind.By,
        ["without"] = TokenKind.Without,
        ["on"] = TokenKind.On,
        ["ignoring"] = TokenKind.Ignoring,
        ["group_left"] = TokenKind.GroupLeft,
        ["group_right"] = TokenKind.GroupRight,
        ["fill"] = TokenKind.Fill,
        ["fill_left"] = TokenKind.FillLeft,
        ["fill_right"] = TokenKind.FillRight,
        ["bool"] = TokenKind.Bool,
        ["start"] = TokenKind.Start,
        ["end"] = TokenKind.End,
        ["step"] = TokenKind.Step,
        ["range"] = TokenKind.Range,
        ["max_of"] = TokenKind.MaxOf,
        ["min_of"] = TokenKind.MinOf,
        ["inf"] = TokenKind.Number,
        ["nan"] = TokenKind.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> KeywordsBySpan =
        Keywords.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryKeyword(ReadOnlySpan<char> word, out TokenKind kind) => KeywordsBySpan.TryGetValue(word, out kind);

    public static bool IsOperator(TokenKind kind) => kind is >= TokenKind.Add and <= TokenKind.Atan2;

    public static bool IsAggregator(TokenKind kind) => kind is >= TokenKind.Avg and <= TokenKind.LimitRatio;

    public static bool IsKeyword(TokenKind kind) => kind is >= TokenKind.Bool and <= TokenKind.Without;

    /// <summary>Names that a function call may have although they are keywords.</summary>
    public static bool IsFunctionKeyword(TokenKind kind) => kind is >= TokenKind.Start and <= TokenKind.MinOf;

    public static bool IsMatchOperator(TokenKind kind) =>
        kind is TokenKind.Assign or TokenKind.NotEqual or TokenKind.MatchRegex or TokenKind.NotMatchRegex;

    /// <summary>Keywords that may also name a metric.</summary>
    public static bool IsMetricName(TokenKind kind) =>
        kind is TokenKind.Identifier or TokenKind.MetricIdentifier or TokenKind.And or TokenKind.Or or TokenKind.Unless
            or TokenKind.By or TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight or TokenKind.Offset or TokenKind.Smoothed
            or TokenKind.Anchored or TokenKind.Without
        || IsAggregator(kind) || IsFunctionKeyword(kind);

    /// <summary>Keywords that may stand in lists of labels: all but <c>without</c>.</summary>
    public static bool IsLabelName(TokenKind kind) =>
        kind is TokenKind.Identifier or TokenKind.MetricIdentifier or >= TokenKind.And and <= TokenKind.MinOf and not TokenKind.Without;

    public static bool StartsExpression(TokenKind kind) =>
        kind is TokenKind.LeftParen or TokenKind.LeftBrace or TokenKind.String or TokenKind.Number or TokenKind.Duration or TokenKind.Add or TokenKind.Subtract
        || IsMetricName(kind);

    /// <summary>A token as Prometheus's messages show it (promql/parser/lex.go).</summary>
    public static string Describe(TokenKind kind, string text) => kind switch
    {
        TokenKind.EndOfInput => "end of input",
        TokenKind.Identifier => $"identifier {GoStrings.Quote(text)}",
        TokenKind.MetricIdentifier => $"metric identifier {GoStrings.Quote(text)}",
        TokenKind.String => $"string {Shortened(text)}",
        TokenKind.Number => $"number {Shortened(text)}",
        TokenKind.Duration => $"duration {Shortened(text)}",
        _ when IsKeyword(kind) => $"<{text}>",
        _ when IsOperator(kind) => $"<op:{text}>",
        _ when IsAggregator(kind) => $"<aggr:{text}>",
        _ => Shortened(text),
    };

    private static string Shortened(string text) =>
        text.Length > LongestShown ? GoStrings.Quote(text.AsSpan(0, LongestShown)) + "..." : GoStrings.Quote(text);
}
