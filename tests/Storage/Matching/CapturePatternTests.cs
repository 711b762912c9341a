using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Streamline.Storage.Matching;

namespace Streamline.Storage.Tests.Matching;

/// <summary>Groups of a match and Go's replacement templates.</summary>
public sealed class CapturePatternTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("(.*):(.*)", "$1-$2", "a:b", "a-b")]
    [InlineData("(.*)", "$1x", "a", "")]
    [InlineData("(.*)", "${1}x", "a", "ax")]
    [InlineData("^(.*)$", "<$1>", "a", "<a>")]
    [InlineData("(.*)", "<$0>", "a", "<a>")]
    [InlineData("(?P<first>\\w+) (\\w+)", "$2 ${first}", "x y", "y x")]
    [InlineData("(?<first>\\w+) (\\w+)", "$2 $first", "x y", "y x")]
    [InlineData("(a)(?P<n>b)(c)", "$1$2$3", "abc", "abc")]
    [InlineData("(?:a)(b)", "$1", "ab", "b")]
    [InlineData("a", "$$1", "a", "$1")]
    [InlineData("a", "$", "a", "$")]
    [InlineData("a", "x$", "a", "x$")]
    [InlineData("a", "${", "a", "${")]
    [InlineData("(a)", "${1", "a", "${1")]
    [InlineData("(a)", "${1}}", "a", "a}")]
    [InlineData("a", "$9", "a", "")]
    [InlineData("(a)", "$01", "a", "")]
    [InlineData("(a)", "$99999999999", "a", "")]
    [InlineData("(?P<né>a)", "x", "a", null)]
    [InlineData("(a)", "$é-$1", "a", "-a")]
    [InlineData("a.b", "x", "a\nb", "x")]
    [InlineData("[(](.)", "$1", "(z", "z")]
    [InlineData("(a)|b", "<$1>", "b", "<>")]
    [InlineData("(a)?b", "<$1>", "b", "<>")]
    [InlineData("(ü+)(.)", "$2$1", "üü😀", "😀üü")]
    // RE2 prefers as a backtracking engine does: the left alternative, then greed.
    [InlineData("(a|ab)(c|bcd)(d*)", "$1,$2,$3", "abcd", "a,bcd,")]
    [InlineData("(a+?)(a*)", "$1,$2", "aaa", "a,aa")]
    [InlineData("(?U)(a+)(a*)", "$1,$2", "aaa", "a,aa")]
    [InlineData("(?U)(a+?)(a*)", "$1,$2", "aaa", "aaa,")]
    [InlineData("(a{1,2}?)(a*)", "$1,$2", "aaa", "a,aa")]
    [InlineData("(a{2,}?)(a*)", "$1,$2", "aaaa", "aa,aa")]
    [InlineData("(a|b)*", "$1", "abab", "b")]
    [InlineData("(?:(a)|b)*", "$1", "ab", "a")]
    [InlineData("(a{0})b", "<$1>", "b", "<>")]
    [InlineData("\\b(\\w+)\\b (\\w+)", "$2", "x yz", "yz")]
    // Go compiles a star over what may be empty as (x+)?.
    [InlineData("(a*)*", "<$1>", "aa", "<aa>")]
    [InlineData("(a*)*", "<$1>", "", "<>")]
    [InlineData("(a*)+", "<$1>", "aa", "<aa>")]
    [InlineData("(|a)*", "<$1>", "aa", "<a>")]
    [InlineData("(|a)+", "<$1>", "aa", "<a>")]
    public void TryExpand_FillsTheReplacement(string pattern, string replacement, string text, string? expected)
    {
        if (expected is null) Assert.Throws<FormatException>(() => new CapturePattern(pattern, replacement));
        else Assert.Equal(expected, Expand(new CapturePattern(pattern, replacement), text));
    }

    [Fact]
    public void TryExpand_PartOfTheText_DoesNotMatch() => Assert.Null(Expand(new CapturePattern("(b)", "$1"), "abc"));

    [Fact]
    public void Replacements_AreSeveral()
    {
        var pattern = new CapturePattern("(.*)=(.*)", "$2", "$1", "x");
        Assert.Equal(["v", "k", "x"], Enumerable.Range(0, 3).Select(i => Expand(pattern, "k=v", i)));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("(?=a)")]
    [InlineData("(a)\\1")]
    [InlineData("(?P<a>x)(?P<a>y)")]
    public void Construct_InvalidPattern_Throws(string pattern) => Assert.Throws<FormatException>(() => new CapturePattern(pattern, "$1"));

    // All groups of generated expressions against .NET's backtracking engine, which prefers as RE2 does where no loop turns on nothing.
    [Theory]
    [InlineData(1)]
    [InlineData(20_261_130)]
    public void Groups_OfGeneratedExpressions_LikeDotNet(int seed)
    {
        var random = new Random(seed);
        int compared = 0, matched = 0;
        for (int i = 0; i < 3000; i++)
        {
            string pattern = Pattern(random, 3);
            var groups = new List<string?>();
            if (!TryParse(pattern, groups, out var node) || HasEmptyLoop(node)) continue;
            string template = string.Concat(Enumerable.Range(1, groups.Count).Select(g => string.Create(CultureInfo.InvariantCulture, $"<${{{g}}}>")));
            var ours = new CapturePattern(pattern, template);
            var judge = new Regex($@"\A(?:{pattern})\z", RegexOptions.Singleline | RegexOptions.CultureInvariant, Patience);
            for (int v = 0; v < 12; v++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => "abcü\n"[random.Next(5)]));
                if (Judged(judge, text) is not { } match) continue;
                string? expected = match.Success ? string.Concat(match.Groups.Values.Skip(1).Select(g => $"<{g.Value}>")) : null;
                string? got = Expand(ours, text);
                Assert.True(expected == got, $"seed {seed}: {pattern} on \"{text}\" gives {got} instead of {expected}");
                Assert.True(expected == AllPaths(node, groups.Count, text), $"seed {seed}, all paths at once: {pattern} on \"{text}\" should give {expected}");
                compared++;
                matched += match.Success ? 1 : 0;
            }
        }
        Assert.True(compared > 10_000 && matched > compared / 20, $"{compared} compared, {matched} matched: the generator has gone bad");
    }

    // Time and memory are bounded by length times instructions where a backtracking engine never ends.
    [Fact]
    public void EvilExpressions_End()
    {
        string text = new('a', 10_000);
        Assert.Null(Expand(new CapturePattern("(a+)+(b)", "$1"), text));
        Assert.NotNull(Expand(new CapturePattern("(a|aa|a*)*(a?)", "$1"), text));
        Assert.Equal(text, Expand(new CapturePattern("(a*)(?:(a?){1000})", "$1"), text));
    }

    [Fact]
    public void Match_OfKnownShape_AllocatesNothing()
    {
        var pattern = new CapturePattern("([^:]+):(\\d+)", "$2-$1");
        byte[] text = "host.example.org:9100"u8.ToArray();
        var output = new ArrayBufferWriter<byte>(256);
        for (int i = 0; i < 3; i++)
        {
            output.Clear();
            pattern.TryExpand(0, text, output);
        }
        output.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(pattern.TryExpand(0, text, output));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal("9100-host.example.org", System.Text.Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public async Task Threads_MayShareAPattern()
    {
        var pattern = new CapturePattern("([a-z]*)([0-9]*)", "$2$1");
        var work = Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                string letters = new((char)('a' + t), i % 20), digits = i.ToString(CultureInfo.InvariantCulture);
                Assert.Equal(digits + letters, Expand(pattern, letters + digits));
            }
        }));
        await Task.WhenAll(work);
    }

    private static string? Expand(CapturePattern pattern, string text, int replacement = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        return pattern.TryExpand(replacement, System.Text.Encoding.UTF8.GetBytes(text), output) ? System.Text.Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }

    private static string? AllPaths(RegexNode node, int groups, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        int[] captures = new int[2 * groups];
        var program = ByteProgramBuilder.Build(node, [.. Enumerable.Range(1, groups)]);
        if (!new CaptureMachine(program, captures.Length, mostVisits: 0).TryMatch(bytes, captures)) return null;
        return string.Concat(captures.Chunk(2).Select(c => c[0] < 0 ? "<>" : $"<{System.Text.Encoding.UTF8.GetString(bytes[c[0]..c[1]])}>"));
    }

    private static bool TryParse(string pattern, List<string?> groups, out RegexNode node)
    {
        try
        {
            node = RegexParser.ParseCaptures(pattern, groups);
            return true;
        }
        catch (FormatException)
        {
            // A repetition of a repetition.
            node = RegexNode.Empty;
            return false;
        }
    }

    private static bool HasEmptyLoop(RegexNode node) => node switch
    {
        RegexNode.Repeat repeat => (repeat.Max is < 0 or > 1 && RegexNode.MayBeEmpty(repeat.Item)) || (repeat.Min == 0 && repeat.Max == 1 && RegexNode.MayBeEmpty(repeat.Item)) || HasEmptyLoop(repeat.Item),
        RegexNode.Sequence sequence => sequence.Items.Any(HasEmptyLoop),
        RegexNode.Choice choice => choice.Items.Any(HasEmptyLoop),
        RegexNode.Capture capture => HasEmptyLoop(capture.Item),
        _ => false,
    };

    private static Match? Judged(Regex judge, string text)
    {
        try
        {
            return judge.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static string Pattern(Random random, int depth)
    {
        string[] atoms = ["a", "b", "c", "ü", ".", "[ab]", "[^a]", "[a-c]", "\\n", "ab"];
        if (depth == 0) return atoms[random.Next(atoms.Length)];
        string Inner() => Pattern(random, depth - 1);
        return random.Next(8) switch
        {
            0 => Inner() + "|" + Inner(),
            1 => $"({Inner()})",
            2 => $"(?:{Inner()})",
            3 => $"({Inner()}){Repeat()}",
            4 => $"(?:{Inner()}){Repeat()}",
            5 => Inner() + Inner() + Inner(),
            6 => Inner() + Inner(),
            _ => $"({Inner()})({Inner()})",
        };

        string Repeat() => ((string[])["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"])[random.Next(7)] + (random.Next(3) == 0 ? "?" : "");
    }
}
