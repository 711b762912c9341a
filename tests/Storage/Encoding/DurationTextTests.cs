namespace Streamline.Storage.Tests.Encoding;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1y2w3d4h5m6s7ms", 33_019_506_007)]
    [InlineData("250ms", 250)]
    public void TryParse_Valid(string text, long expected)
    {
        Assert.True(DurationText.TryParse(text, out long ms));
        Assert.Equal(expected, ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("1m1h")]
    [InlineData("1m1m")]
    [InlineData("-1m")]
    [InlineData("1.5h")]
    [InlineData("1q")]
    [InlineData("99999999999999999999y")]
    public void TryParse_Invalid_False(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(300_000, "5m")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(1_209_600_000, "2w")]
    [InlineData(1_296_000_000, "15d")]
    [InlineData(86_400_001, "1d1ms")]
    public void Format_Shortest(long ms, string expected) => Assert.Equal(expected, DurationText.Format(ms));
}
