using Streamline.Query.Syntax;

namespace Streamline.Query.Tests.Syntax;

/// <summary>Queries that must not parse: Prometheus's words, and where.</summary>
public sealed class SyntaxErrorTests
{
    [Theory]
    [InlineData("", 0, 0, "no expression found in input")]
    [InlineData(" # nothing", 0, 0, "no expression found in input")]
    [InlineData("a +", 3, 3, "unexpected end of input")]
    [InlineData("* a", 0, 1, "unexpected <op:*>")]
    [InlineData("a b", 2, 3, "unexpected identifier \"b\"")]
    [InlineData("a 'text that is long'", 2, 21, "unexpected string \"'text that\"...")]
    [InlineData("a by (x)", 2, 4, "unexpected <by>")]
    [InlineData("a = b", 2, 3, "unexpected \"=\"")]
    [InlineData("a =~ b", 2, 6, "unexpected character after '=': '~'")]
    [InlineData("a ! b", 2, 5, "unexpected character after '!': ' '")]
    [InlineData("a ?", 2, 3, "unexpected character: '?'")]
    [InlineData("a ; b", 2, 5, "unexpected character: ';'")]
    [InlineData("(a", 2, 2, "unclosed left parenthesis")]
    [InlineData("a)", 2, 2, "unexpected right parenthesis ')'")]
    [InlineData("a[5m", 4, 4, "unclosed left bracket")]
    [InlineData("a[", 2, 2, "unexpected end of input in duration expression")]
    [InlineData("a]", 1, 2, "unexpected right bracket ']'")]
    [InlineData("a[5m[", 4, 5, "unexpected left bracket '['")]
    [InlineData("a{", 2, 2, "unexpected end of input inside braces")]
    [InlineData("a}", 1, 2, "unexpected character: '}'")]
    [InlineData("a{{", 2, 3, "unexpected left brace '{'")]
    // Literals.
    [InlineData("1.2.3", 0, 5, "bad number or duration syntax: \"1.2.\"")]
    [InlineData("1e", 0, 2, "bad number or duration syntax: \"1e\"")]
    [InlineData("1__0", 0, 4, "bad number or duration syntax: \"1__\"")]
    [InlineData("12abc", 0, 5, "bad number or duration syntax: \"12\"")]
    [InlineData("1e999", 0, 5, "error parsing number: strconv.ParseFloat: parsing \"1e999\": value out of range")]
    [InlineData("a[5x]", 2, 5, "bad number or duration syntax: \"5\"")]
    [InlineData("a[1h1d]", 2, 6, "not a valid duration string: \"1h1d\"")]
    [InlineData("a[1y1hs]", 2, 7, "unknown unit \"hs\" in duration \"1y1hs\"")]
    [InlineData("a[300y]", 2, 6, "duration out of range")]
    [InlineData("'open", 0, 5, "unterminated quoted string")]
    [InlineData("'two\nlines'", 0, 11, "unterminated quoted string")]
    [InlineData("`open", 0, 5, "unterminated raw string")]
    [InlineData("'\\q'", 0, 4, "unknown escape sequence U+0071 'q'")]
    [InlineData("'\\xZ1'", 0, 6, "illegal character U+005A 'Z' in escape sequence")]
    [InlineData("'\\777'", 0, 6, "escape sequence is an invalid Unicode code point")]
    [InlineData("'\\ud800'", 0, 8, "escape sequence is an invalid Unicode code point")]
    [InlineData("'\ufffd'", 0, 3, "invalid UTF-8 rune")]
    // Selectors.
    [InlineData("{}", 0, 2, "vector selector must contain at least one non-empty matcher")]
    [InlineData("{a='', b=~'.*'}", 0, 15, "vector selector must contain at least one non-empty matcher")]
    [InlineData("sum({a!='x'})", 4, 12, "vector selector must contain at least one non-empty matcher")]
    [InlineData("a{b}", 3, 4, "unexpected \"}\" in label matching, expected label matching operator")]
    [InlineData("a{b=c}", 4, 5, "unexpected identifier \"c\" in label matching, expected string")]
    [InlineData("a{,}", 2, 3, "unexpected \",\" in label matching, expected identifier or \"}\"")]
    [InlineData("a{b='1' c='2'}", 8, 9, "unexpected identifier \"c\" in label matching, expected \",\" or \"}\"")]
    [InlineData("a{b>'1'}", 3, 8, "unexpected character inside braces: '>'")]
    [InlineData("a{b!'1'}", 3, 8, "unexpected character after '!' inside braces: '\\''")]
    [InlineData("a{__name__='b'}", 0, 15, "metric name must not be set twice: \"a\" or \"b\"")]
    [InlineData("a{'b'}", 0, 6, "metric name must not be set twice: \"a\" or \"b\"")]
    // Ranges and modifiers.
    [InlineData("a[]", 2, 3, "unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("a[0s]", 2, 4, "duration must be greater than 0")]
    [InlineData("a[-5m]", 2, 5, "duration must be greater than 0")]
    [InlineData("a[1h:0]", 5, 6, "duration must be greater than 0")]
    [InlineData("a[1h 5m]", 5, 7, "unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\"")]
    [InlineData("a[1h:5m 1m]", 8, 10, "unexpected duration \"1m\" in subquery selector, expected \"]\"")]
    [InlineData("a[1h::]", 5, 7, "unexpected colon ':'")]
    [InlineData("a[1h:*]", 5, 6, "unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or \"]\"")]
    [InlineData("a[foo]", 2, 6, "unexpected character in duration expression: 'f'")]
    [InlineData("a[5m / 0]", 5, 6, "division by zero")]
    [InlineData("a[5m % 0s]", 5, 6, "modulo by zero")]
    [InlineData("(a)[5m]", 3, 7, "ranges only allowed for vector selectors")]
    [InlineData("a[5m][5m]", 5, 9, "ranges only allowed for vector selectors")]
    [InlineData("a offset 5m [1h]", 12, 16, "no offset modifiers allowed before range")]
    [InlineData("a @ 5 [1h]", 6, 10, "no @ modifiers allowed before range")]
    [InlineData("a offset b", 9, 10, "unexpected identifier \"b\" in offset, expected number, duration, step(), or range()")]
    [InlineData("a offset 1m offset 2m", 0, 11, "offset may not be set multiple times")]
    [InlineData("sum(a) offset 1m", 0, 6, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery")]
    [InlineData("a offset 1e10", 9, 13, "duration out of range")]
    [InlineData("a @ b", 4, 5, "unexpected identifier \"b\" in @, expected timestamp")]
    [InlineData("a @ 1 @ 2", 0, 5, "@ <timestamp> may not be set multiple times")]
    [InlineData("a @ Inf", 0, 1, "timestamp out of bounds for @ modifier: +Inf")]
    [InlineData("1 @ 5", 0, 1, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery")]
    [InlineData("a smoothed anchored", 0, 10, "anchored and smoothed modifiers cannot be used together")]
    [InlineData("a[1h:1m] anchored", 0, 8, "anchored modifier is not supported for subqueries")]
    [InlineData("1 smoothed", 0, 1, "smoothed modifier not implemented")]
    // Operators.
    [InlineData("1 > 2", 2, 3, "comparisons between scalars must use BOOL modifier")]
    [InlineData("a + bool b", 2, 8, "bool modifier can only be used on comparison operators")]
    [InlineData("a and 1", 0, 7, "set operator \"and\" not allowed in binary scalar expression")]
    [InlineData("a + on(x) 1", 0, 11, "vector matching only allowed between instant vectors")]
    [InlineData("a + fill(1) 1", 0, 13, "filling in missing series only allowed between instant vectors")]
    [InlineData("a or fill(1) b", 0, 14, "filling in missing series not allowed for set operators")]
    [InlineData("a and on(x) group_left b", 0, 24, "no grouping allowed for \"and\" operation")]
    [InlineData("a * on(x) group_left(x) b", 2, 23, "label \"x\" must not occur in ON and GROUP clause at once")]
    [InlineData("a * group_left b", 4, 14, "unexpected <group_left>")]
    [InlineData("a * on b", 7, 8, "unexpected identifier \"b\" in grouping opts, expected \"(\"")]
    [InlineData("a * on(5) b", 7, 8, "unexpected number \"5\" in grouping opts, expected label")]
    [InlineData("a * on(b c) d", 9, 10, "unexpected identifier \"c\" in grouping opts, expected \",\" or \")\"")]
    [InlineData("a * on('') b", 7, 9, "invalid label name for grouping: \"\"")]
    [InlineData("a * 'b'", 4, 7, "binary expression must contain only scalar and instant vector types")]
    [InlineData("a[5m] * b", 0, 5, "binary expression must contain only scalar and instant vector types")]
    [InlineData("-a[5m]", 0, 6, "unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\"")]
    [InlineData("a[5m][1h:]", 0, 10, "subquery is only allowed on instant vector, got matrix instead")]
    [InlineData("1[1h:]", 0, 6, "subquery is only allowed on instant vector, got scalar instead")]
    // Aggregations and functions.
    [InlineData("sum()", 0, 5, "no arguments for aggregate expression provided")]
    [InlineData("sum(a, b)", 0, 9, "wrong number of arguments for aggregate expression provided, expected 1, got 2")]
    [InlineData("topk(a) by (x)", 0, 14, "wrong number of arguments for aggregate expression provided, expected 2, got 1")]
    [InlineData("sum(a,)", 5, 6, "trailing commas not allowed in function call args")]
    [InlineData("sum(a b)", 6, 7, "unexpected identifier \"b\" in aggregation")]
    [InlineData("sum by (x) a", 11, 12, "unexpected identifier \"a\" in aggregation")]
    [InlineData("sum(a) by (x) without (y)", 14, 21, "unexpected <without>")]
    [InlineData("sum(1)", 4, 5, "expected type instant vector in aggregation expression, got scalar")]
    [InlineData("topk('a', b)", 5, 8, "expected type scalar in aggregation parameter, got string")]
    [InlineData("count_values(1, b)", 13, 14, "expected type string in aggregation parameter, got scalar")]
    [InlineData("rate(a)", 5, 6, "expected type range vector in call to function \"rate\", got instant vector")]
    [InlineData("abs(a[5m])", 4, 9, "expected type instant vector in call to function \"abs\", got range vector")]
    [InlineData("1 + nosuch(a)", 4, 10, "unknown function with name \"nosuch\"")]
    [InlineData("RATE(a[5m])", 0, 4, "unknown function with name \"RATE\"")]
    [InlineData("abs()", 0, 5, "expected 1 argument(s) in call to \"abs\", got 0")]
    [InlineData("round()", 0, 7, "expected at least 1 argument(s) in call to \"round\", got 0")]
    [InlineData("round(a, 1, 2)", 0, 14, "expected at most 2 argument(s) in call to \"round\", got 3")]
    [InlineData("label_join(a, 'b')", 0, 18, "expected at least 3 argument(s) in call to \"label_join\", got 2")]
    [InlineData("info(a, b)", 8, 9, "expected label selectors only, got vector selector instead")]
    [InlineData("info(a, 1 + b)", 8, 13, "expected label selectors only")]
    [InlineData("f:oo(a)", 4, 5, "unexpected \"(\"")]
    [InlineData("a + )", 5, 5, "unexpected right parenthesis ')'")]
    public void Parse_Wrong_SaysWhatAndWhere(string text, int start, int end, string reason)
    {
        var error = Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text));
        Assert.Equal(reason, error.Reason);
        Assert.Equal((start, end), (error.StartOffset, error.EndOffset));
    }

    [Theory]
    [InlineData("a +", "1:4: parse error: unexpected end of input")]
    [InlineData("a +\n  rate(b)", "2:8: parse error: expected type range vector in call to function \"rate\", got instant vector")]
    [InlineData("'é' ?", "1:6: parse error: unexpected character: '?'")]
    [InlineData("", "unknown position: parse error: no expression found in input")]
    public void Message_HasLineAndColumnInBytes(string text, string message) =>
        Assert.Equal(message, Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text)).Message);

    [Fact]
    public void Parse_InvalidRegex_PointsAtTheMatcher()
    {
        var error = Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse("up{a='1', b=~'('}"));
        Assert.Equal((10, 16), (error.StartOffset, error.EndOffset));
    }

    [Theory]
    [InlineData("limitk(1, a)", SyntaxFeatures.ExperimentalFunctions, "limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("a + mad_over_time(b[5m])", SyntaxFeatures.ExperimentalFunctions, "function \"mad_over_time\" is not enabled")]
    [InlineData("a + fill(0) b", SyntaxFeatures.FillModifiers, "binop fill modifiers are experimental and not enabled")]
    [InlineData("rate(a[5m] anchored)", SyntaxFeatures.ExtendedRangeSelectors, "anchored modifier is experimental and not enabled")]
    [InlineData("a smoothed", SyntaxFeatures.ExtendedRangeSelectors, "smoothed modifier is experimental and not enabled")]
    public void Parse_FeatureThatIsOff_IsNamed(string text, SyntaxFeatures feature, string reason)
    {
        Assert.Equal(reason, Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text, SyntaxFeatures.All & ~feature)).Reason);
        PromqlParser.Parse(text, feature);
    }

    [Theory]
    [InlineData("limitk(1")]
    [InlineData("bool")]
    [InlineData("{a='b'} + c")]
    [InlineData("a[5m]")]
    [InlineData("a offset 5m")]
    [InlineData("1")]
    public void ParseSelector_AnythingElse_Fails(string text) => Assert.Throws<PromqlSyntaxException>(() => PromqlParser.ParseSelector(text));

    [Fact]
    public void ParseSelector_GivesMatchersNameFirst() =>
        Assert.Equal(["__name__=\"b\"", "a=~\"x\""], PromqlParser.ParseSelector("{a=~'x', 'b'}").Select(m => m.ToString()));
}
