using System.Text;
using Streamline.Query.Syntax;
using Streamline.Query.Syntax.Parsing;

namespace Streamline.Query.Tests.Syntax;

/// <summary>Deep and random input: an error at worst, never a crash. All runs on a thread with a small stack.</summary>
public sealed class NestingTests
{
    private const int SmallStackBytes = 1024 * 1024;

    [Theory]
    [InlineData("(", "a", ")", 10_000)]
    [InlineData("abs(", "a", ")", 10_000)]
    [InlineData("-", "a", "", 100_000)]
    [InlineData("1 ^ ", "a", "", 100_000)]
    [InlineData("a + ", "a", "", 100_000)]
    [InlineData("a[", "1", "]", 2)]
    [InlineData("", "a", "[1m:]", 100_000)]
    public void Parse_TooDeep_IsAnError(string open, string middle, string close, int depth)
    {
        string text = Repeat(open, depth) + middle + Repeat(close, depth);
        OnSmallStack(() => Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text)));
    }

    [Theory]
    [InlineData("a[", "(", "5m", ")", "]")]
    [InlineData("a[", "-", "5m", "", " + 1h]")]
    [InlineData("a[", "1 + ", "5m", "", "]")]
    [InlineData("a[", "max_of(1,", "5m", ")", "]")]
    [InlineData("a[", "(1 + 1 + 1 + 1 + 1 + ", "5m", ")", "]")]
    public void Parse_TooDeepDuration_IsAnError(string head, string open, string middle, string close, string tail)
    {
        string text = head + Repeat(open, 10_000) + middle + Repeat(close, 10_000) + tail;
        OnSmallStack(() => Assert.Contains("more than", Assert.Throws<PromqlSyntaxException>(() => PromqlParser.Parse(text)).Reason));
    }

    [Theory]
    [InlineData("(", ")", Parser.MaxNesting - 1)]
    [InlineData("abs(", ")", Parser.MaxNesting - 1)]
    [InlineData("sum by (x) (", ")", Parser.MaxNesting - 1)]
    [InlineData("1 ^ ", "", Parser.MaxNesting - 1)]
    [InlineData("a or ", "", Parser.MaxHeight - 1)]
    public void Parse_AsDeepAsAllowed_PrintsAndParsesAgain(string open, string close, int depth)
    {
        string text = Repeat(open, depth) + "a" + Repeat(close, depth);
        OnSmallStack(() =>
        {
            Expr expr = PromqlParser.Parse(text);
            Assert.Equal(expr.ToString(), PromqlParser.Parse(expr.ToString()).ToString());
            Assert.Same(expr, DurationResolver.Resolve(expr, 0, 0, 0));
        });
    }

    [Fact]
    public void Parse_RandomTokens_ParsesOrSaysWhere()
    {
        string[] words =
        [
            "a", "b:c", "sum", "topk", "rate", "abs", "start", "step", "max_of", "(", ")", "(", ")", "{", "}", "[", "]", ",", ":", "=", "!=", "=~", "!~",
            "==", "<", ">=", "</", ">/", "+", "-", "*", "/", "%", "^", "and", "or", "unless", "atan2", "@", "offset", "by", "without", "on", "ignoring",
            "group_left", "bool", "fill", "anchored", "smoothed", "5m", "1", "0x", "1e3", "Inf", "\"s\"", "'", "`r`", "\\", "#", "\n", "é", "\ud800", "\0",
        ];
        var random = new Random(20_261_121);
        int good = 0;
        for (int round = 0; round < 20_000; round++)
        {
            var text = new StringBuilder();
            for (int length = random.Next(1, 12); length > 0; length--) text.Append(words[random.Next(words.Length)]).Append(random.Next(3) == 0 ? "" : " ");
            good += ParsesOrSaysWhere(text.ToString()) ? 1 : 0;
        }
        Assert.True(good > 300, $"only {good} of the random queries parse: the generator has gone bad");
    }

    [Fact]
    public void Parse_MutatedQueries_ParseOrSayWhere()
    {
        const string query = "sum by (job) (rate(http_requests_total{job=~\"a.*\", code!='500'}[5m] offset 1h)) / on(job) group_left(x) b @ 10 > bool 0.5";
        var random = new Random(7);
        for (int round = 0; round < 6_000; round++)
        {
            var text = new StringBuilder(query);
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Remove(at, 1);
                else text.Insert(at, query[random.Next(query.Length)]);
            }
            ParsesOrSaysWhere(text.ToString());
        }
    }

    private static bool ParsesOrSaysWhere(string text)
    {
        try
        {
            Expr expr = PromqlParser.Parse(text);
            string printed = expr.ToString();
            Assert.True(TreeText.Of(expr) == TreeText.Of(PromqlParser.Parse(printed)), $"{text} prints as {printed}");
            return true;
        }
        catch (PromqlSyntaxException error)
        {
            Assert.InRange(error.StartOffset, 0, text.Length);
            Assert.InRange(error.EndOffset, error.StartOffset, text.Length);
            return false;
        }
    }

    private static string Repeat(string part, int count) => string.Concat(Enumerable.Repeat(part, count));

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), SmallStackBytes);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
