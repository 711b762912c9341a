using Streamline.Query.Operators;

namespace Streamline.Query.Tests.Operators;

/// <summary>Digits compare as numbers.</summary>
public sealed class NaturalOrderTests
{
    [Theory]
    [InlineData("cpu2", "cpu10", -1)]
    [InlineData("1.2.3", "1.11.3", -1)]
    [InlineData("a", "b", -1)]
    [InlineData("a", "a1", -1)]
    [InlineData("a007", "a7", 0)]
    [InlineData("", "", 0)]
    public void Compare_BothWays(string a, string b, int expected)
    {
        Assert.Equal(expected, Math.Sign(NaturalOrder.Compare(a, b)));
        Assert.Equal(-expected, Math.Sign(NaturalOrder.Compare(b, a)));
    }
}
