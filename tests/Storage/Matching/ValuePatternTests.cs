using Streamline.Storage.Matching;

namespace Streamline.Storage.Tests.Matching;

public sealed class ValuePatternTests
{
    [Theory]
    // pattern, accepted values, refused values; values are separated by commas
    [InlineData("a|b|", "a,b,", "ab,c")]
    [InlineData("a.c", "abc,a\nc,a😀c,aüc", "ac,abbc")]
    [InlineData("a.*", "a,abc,a\n", "ba,")]
    [InlineData("a.+", "ab,aü", "a,")]
    [InlineData(".*b", "b,ab,b b", "ba")]
    [InlineData(".*b.*", "b,abc", "a,")]
    [InlineData(".+b.+", "abc,bbb", "b,ab,bc,bb")]
    [InlineData("ab.*ba", "abba,abXba", "aba,ab")]
    [InlineData("a.*b.*c", "abc,aXbYc,abbcc", "acb,ab")]
    [InlineData(".*", "a,,x\ny", null)]
    [InlineData(".+", "a,\n", "")]
    [InlineData("..", "ab,😀ü,😀😀", "a,😀,abc")]
    [InlineData("[^a]", "b,😀,\n", "a,bb,")]
    [InlineData("[^a]*", "b,😀b,", "a,ba")]
    [InlineData("[😀-😂]", "😀,😁,😂", "😃,a")]
    [InlineData("[\\x{1F000}-\\x{1FFFF}]{2}", "😀😁", "😀,😀😁😂")]
    [InlineData("😀*", ",😀,😀😀", "😁")]
    [InlineData("^a$", "a", "a\n,ba")]
    [InlineData("^a.*$|^b$", "a,ax,b", "bx,xa")]
    [InlineData("(^a)|(b$)", "a,b", "ab")]
    [InlineData("a$b", null, "ab,a,a$b")]
    [InlineData("(?m)a$\n^b", "a\nb", "ab")]
    [InlineData("(?-s)a.b", "axb", "a\nb")]
    [InlineData("(?-s:a.)b.", "axb\n", "a\nbx")]
    [InlineData("\\d+", "0,42", "٣,a,")]
    [InlineData("\\w+", "aZ_9", "ü,a-b,")]
    [InlineData("\\W", "-,ü,😀", "a,_")]
    [InlineData("\\s", " ,\t,\n", "\v,\u00a0,\u2003")]
    [InlineData("[\\s\\S]", "a,\n,😀", "")]
    [InlineData("[\\d-x]", "5,-,x", "a")]
    [InlineData("(?i)abc", "abc,ABC,aBc", "abd")]
    [InlineData("(?i)kS", "ks,Ks,\u212aſ", "k")]
    [InlineData("(?i:a)b", "ab,Ab", "aB")]
    [InlineData("a(?i)b|c", "ab,aB,c,C", "Ab")]
    [InlineData("(?i)ü[x-z]", "üx,ÜZ", "uX")]
    [InlineData("(?i)[^k]", "a", "k,K,\u212a")]
    [InlineData("[[:alpha:]]+[[:^digit:]]", "ab,a-", "a1,1a")]
    [InlineData("\\pL\\p{Lu}\\P{L}", "aB1,üÜ-", "ab1")]
    [InlineData("a{2}", "aa", "a,aaa")]
    [InlineData("a{1,2}b{2,}", "abb,aabbb", "ab,aaabb")]
    [InlineData("a{,2}", null, "a,aa")]
    [InlineData("a{2", "a{2", "aa")]
    [InlineData("(a|b)(c|d)e?", "ac,bde", "ab,ace e")]
    [InlineData("(?P<n>a)(?<m>b)", "ab", "a")]
    [InlineData("\\Qa.b*\\E+", "a.b*,a.b**", "aab,a.b")]
    [InlineData("\\101\\x41\\x{41}\\0", "AAA\0", "AAA0")]
    [InlineData("\\.\\_\\-\\/", "._-/", "x")]
    [InlineData("[]a]", "],a", "b")]
    [InlineData("[^]a]", "b", "],a")]
    [InlineData("[a-c-e]", "a,c,-,e", "d")]
    [InlineData("a.*?b", "ab,axb", "a")]
    [InlineData("()", "", "a")]
    [InlineData("[^\\x00-\\x{10FFFF}]", null, "a,")]
    [InlineData("\\bfoo\\b.*", "foo,foo-bar,foo bar", "foobar,xfoo,foo_")]
    [InlineData(".*\\bfoo\\b", "foo,a foo,üfoo,-foo", "afoo,foo-")]
    [InlineData("a\\Bb.+\\B", "abx-,ab--", "abx,ab-x")]
    [InlineData("\\b", null, "a,")]
    [InlineData("\\B", "", "a,-")]
    [InlineData("a\\b|\\b-", "a", "-,b")]
    [InlineData("(?m)(a$|^b|\n)*", "a\nb,ba,b\na\n,", "ab,aa")]
    [InlineData("(?m)^(a|\n)*$\n?b*^", "a\n,a\n\n", "ab,a\nb\n,a")]
    [InlineData("(?:^a)+$", "a", "aa")]
    [InlineData("(a|ab)(c|bcd)(d*)", "abcd,ac,abcdd", "ab")]
    [InlineData("\\p{Greek}+", "αβγ,Ω", "a,αa,")]
    [InlineData("\\P{Greek}[\\p{Cyrillic}x]", "aж,жx", "αж,aα")]
    [InlineData("(?i)σς+x", "ΣΣX,ςσσx", "sx")]
    [InlineData("[α-ω]{2,3}", "αω,βγδ", "α,αβγδ,ab")]
    [InlineData("[\\x{7F}-\\x{10FFFF}]", "\u007f,ü,߿,ࠀ,￿,😀", "a,\u007e")]
    public void IsMatch_LikeRe2(string pattern, string? accepted, string? refused)
    {
        var compiled = ValuePattern.Compile(pattern);
        foreach (string value in accepted?.Split(',') ?? []) Assert.True(compiled.IsMatch(System.Text.Encoding.UTF8.GetBytes(value)), $"{pattern} refuses {value}");
        foreach (string value in refused?.Split(',') ?? []) Assert.False(compiled.IsMatch(System.Text.Encoding.UTF8.GetBytes(value)), $"{pattern} accepts {value}");
    }

    [Theory]
    [InlineData("(", "missing closing )")]
    [InlineData(")", "unexpected )")]
    [InlineData("a)b", "unexpected )")]
    [InlineData("[a", "missing closing ]")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("|+", "missing argument to repetition operator: `+`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("(a{100}){100}", "invalid repeat count")]
    [InlineData("a{3,2}", "invalid repeat count")]
    [InlineData("[b-a]", "invalid character class range: `b-a`")]
    [InlineData("\\", "trailing backslash")]
    [InlineData("\\8", "invalid escape sequence: `\\8`")]
    [InlineData("\\1", "invalid escape sequence: `\\1`")]
    [InlineData("\\Z", "invalid escape sequence: `\\Z`")]
    [InlineData("\\x{110000}", "invalid escape sequence")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?<!a)", "invalid or unsupported Perl syntax: `(?<")]
    [InlineData("(?P<>a)", "invalid named capture")]
    [InlineData("(?P<n>a)(?P<n>b)", "invalid named capture")]
    [InlineData("[[:nope:]]", "invalid character class range: `[:nope:]`")]
    [InlineData("\\pX", "invalid character class range")]
    [InlineData("[\\b]", "invalid escape sequence: `\\b`")]
    [InlineData("\\p{greek}", "invalid character class range: `\\p{greek}`")]
    [InlineData("(\\pL{100}\\d?){10}(\\PL{100}\\d?){10}\\pN{900}", "expression too large")]
    public void Compile_NotAnExpression_SaysWhy(string pattern, string reason)
    {
        var error = Assert.Throws<FormatException>(() => ValuePattern.Compile(pattern));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_DeepNesting_FormatException() =>
        Assert.Throws<FormatException>(() => ValuePattern.Compile(new string('(', 100_000) + new string(')', 100_000)));

    [Fact]
    public void Compile_GeneratedPatterns_FormatExceptionAtWorst()
    {
        var random = new Random(3);
        const string Pieces = "ab(|)[]{}*+?\\.^$-:=<P>i12,dwsQEpLxü😀";
        for (int round = 0; round < 3000; round++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            try
            {
                ValuePattern.Compile(pattern).IsMatch("ab"u8);
            }
            catch (FormatException) { }
        }
    }

    [Theory]
    [InlineData("a|b|c", "a,b,c")]
    [InlineData("(?:a|b)c", "ac,bc")]
    [InlineData("a[bc]?", "ab,ac,a")]
    [InlineData("^(foo|bar)$", "foo,bar")]
    [InlineData("", "")]
    [InlineData("a.*", null)]
    [InlineData("[a-z]{3}", null)]
    public void Literals_FiniteSets_AreFound(string pattern, string? expected) =>
        Assert.Equal(expected?.Split(','), ValuePattern.Compile(pattern).Literals);

    [Fact]
    public void Literals_ThousandAlternatives_AreASet()
    {
        string[] values = [.. Enumerable.Range(0, 1000).Select(i => $"host{i}")];
        var pattern = ValuePattern.Compile(string.Join('|', values));
        Assert.Equal(values, pattern.Literals);
        Assert.True(pattern.IsMatch("host999"u8));
        Assert.False(pattern.IsMatch("host1000"u8));
    }

    [Theory]
    [InlineData("http_.*", "http_")]
    [InlineData("http_[a-z]+_total", "http_")]
    [InlineData("a.*|b.*", "")]
    public void Prefix_IsKnown(string pattern, string prefix) => Assert.Equal(prefix, System.Text.Encoding.UTF8.GetString(ValuePattern.Compile(pattern).Prefix.Span));

    [Theory]
    [InlineData("a|b|c")]
    [InlineData("1|2|3|4|5|6|7|8|9|10|11")]
    [InlineData("host.*9100")]
    [InlineData("host-[0-9]+:9100")]
    public void IsMatch_AllocatesNothing(string text)
    {
        var pattern = ValuePattern.Compile(text);
        byte[] value = System.Text.Encoding.UTF8.GetBytes("host-0042:9100"), longValue = System.Text.Encoding.UTF8.GetBytes("host-" + new string('7', 2000) + ":9100");
        for (int i = 0; i < 100; i++) _ = pattern.IsMatch(value) | pattern.IsMatch(longValue);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) _ = pattern.IsMatch(value) | pattern.IsMatch(longValue);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
