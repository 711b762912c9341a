namespace Streamline.Storage.Tests.Encoding;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0B", 0)]
    [InlineData("17B", 17)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("1.5GB", 3L << 29)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1GB512MB", 3L << 29)]
    [InlineData("7EB", 7L << 60)]
    [InlineData(".5KB", 512)]
    public void TryParse_Sizes(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size.Bytes);
        Assert.True(ByteSize.TryParse(size.ToString(), out var again));
        Assert.Equal(size, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("512")]
    [InlineData("MB")]
    [InlineData("1mb")]
    [InlineData("1Mb")]
    [InlineData("-1MB")]
    [InlineData("1 MB")]
    [InlineData("1.2.3MB")]
    [InlineData("8EB")]
    [InlineData("1iB")]
    [InlineData("1MBx")]
    [InlineData("1GB5")]
    public void TryParse_WhatIsNone(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
