using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Encoding;

public sealed class VarintAndChecksumTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(300, "AC02")]
    [InlineData(ulong.MaxValue, "FFFFFFFFFFFFFFFFFF01")]
    public void Write_Golden_ReadsBack(ulong value, string hex)
    {
        byte[] buffer = new byte[Varint.MaxBytes];
        Assert.Equal(hex, Convert.ToHexString(buffer.AsSpan(0, Varint.Write(buffer, value))));
        Assert.Equal(hex.Length / 2, Varint.SizeOf(value));
        Assert.True(Varint.TryRead(buffer, out ulong read, out int bytes));
        Assert.Equal((value, hex.Length / 2), (read, bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(63)]
    [InlineData(-64)]
    [InlineData(64)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void WriteSigned_Anything_ReadsBack(long value)
    {
        byte[] buffer = new byte[Varint.MaxBytes];
        int written = Varint.WriteSigned(buffer, value);
        Assert.Equal(Varint.SizeOfSigned(value), written);
        Assert.True(Varint.TryReadSigned(buffer, out long read, out int bytes));
        Assert.Equal((value, written), (read, bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFFFFFFFFFFFFFF02")]
    [InlineData("8080808080808080808001")]
    public void TryRead_CutOrTooLong_False(string hex) => Assert.False(Varint.TryRead(Convert.FromHexString(hex), out _, out _));

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Crc32C_KnownAnswers_WholeAndInParts(string text, uint expected)
    {
        byte[] data = System.Text.Encoding.ASCII.GetBytes(text);
        Assert.Equal(expected, Crc32C.Of(data));
        for (int cut = 0; cut <= data.Length; cut++)
        {
            Assert.Equal(expected, Crc32C.Finish(Crc32C.Update(Crc32C.Update(Crc32C.Start, data.AsSpan(0, cut)), data.AsSpan(cut))));
        }
    }
}
