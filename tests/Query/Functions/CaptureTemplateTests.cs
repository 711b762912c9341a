using Streamline.Query.Functions;

namespace Streamline.Query.Tests.Functions;

/// <summary>Go's replacement templates.</summary>
public sealed class CaptureTemplateTests
{
    [Theory]
    [InlineData("(.*):(.*)", "$1-$2", "a:b", "a-b")]
    [InlineData("(.*)", "$1x", "a", "")]
    [InlineData("(.*)", "${1}x", "a", "ax")]
    [InlineData("(?P<first>\\w+) (\\w+)", "$2 ${first}", "x y", "y x")]
    [InlineData("(a)(?P<n>b)(c)", "$1$2$3", "abc", "abc")]
    [InlineData("(?:a)(b)", "$1", "ab", "b")]
    [InlineData("a", "$$1", "a", "$1")]
    [InlineData("a", "$", "a", "$")]
    [InlineData("a", "$9", "a", "")]
    [InlineData("a.b", "x", "a\nb", "x")]
    [InlineData("[(](.)", "$1", "(z", "z")]
    public void Expand_Matching_FillsTheTemplate(string pattern, string replacement, string text, string expected) =>
        Assert.Equal(expected, new CaptureTemplate(pattern, replacement).Expand(text));

    [Fact]
    public void Expand_PartOfTheText_DoesNotMatch() => Assert.Null(new CaptureTemplate("b", "x").Expand("abc"));

    [Fact]
    public void Construct_InvalidPattern_Throws() => Assert.Throws<FormatException>(() => new CaptureTemplate("(", ""));
}
