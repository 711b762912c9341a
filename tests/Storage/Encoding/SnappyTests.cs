using Streamline.Storage.Encoding;

namespace Streamline.Storage.Tests.Encoding;

public sealed class SnappyTests
{
    private const int Seed = 20261121;

    public static TheoryData<string> Kinds => ["empty", "one", "zeros", "noise", "text", "pattern", "long text"];

    [Theory, MemberData(nameof(Kinds))]
    public void EncodeAndDecode_AgreeWithIronSnappyBothWays(string kind)
    {
        byte[] source = Make(kind);
        byte[] encoded = Encode(source);
        Assert.Equal(source, IronSnappy.Snappy.Decode(encoded));
        Assert.Equal(source, Decode(encoded));
        Assert.Equal(source, Decode(IronSnappy.Snappy.Encode(source)));
    }

    [Fact]
    public void Encode_RepeatingText_IsShorter() => Assert.True(Encode(Make("text")).Length < Make("text").Length / 3);

    [Fact]
    public void TryDecode_BrokenBytes_FalseOrSomethingButNoCrash()
    {
        var random = new Random(Seed);
        byte[] encoded = Encode(Make("text"));
        byte[] target = new byte[Make("text").Length];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] broken = encoded.ToArray();
            for (int i = 0; i < 4; i++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            Snappy.TryDecode(broken.AsSpan(0, random.Next(broken.Length + 1)), target, out int written);
            Assert.InRange(written, 0, target.Length);
        }
        for (int cut = 0; cut < encoded.Length; cut++) Assert.False(Snappy.TryDecode(encoded.AsSpan(0, cut), target, out _));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("80", "length cut")]
    [InlineData("FFFFFFFF0F00", "4 GiB declared by six bytes")]
    [InlineData("8080808080808080800100", "length of more than 32 bits")]
    [InlineData("40F000", "64 bytes declared, one given")]
    [InlineData("0400610600", "copy with offset 0")]
    [InlineData("040061050505", "copy from before the start")]
    [InlineData("0100610061", "more than declared")]
    public void TryDecode_Impossible_False(string hex, string why)
    {
        Assert.False(Snappy.TryDecode(Convert.FromHexString(hex), new byte[1 << 20], out _), why);
    }

    [Fact]
    public void TryGetLength_OverTheCallersLimit_False()
    {
        Assert.True(Snappy.TryGetLength(Encode(new byte[1000]), 1000, out int length));
        Assert.Equal(1000, length);
        Assert.False(Snappy.TryGetLength(Encode(new byte[1000]), 999, out _));
    }

    [Fact]
    public void EncodeAndDecode_AllocateNothing()
    {
        byte[] source = Make("text"), encoded = new byte[Snappy.MaxEncodedBytes(source.Length)], target = new byte[source.Length];
        Snappy.TryDecode(encoded.AsSpan(0, Snappy.Encode(source, encoded)), target, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good = Snappy.TryDecode(encoded.AsSpan(0, Snappy.Encode(source, encoded)), target, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    private static byte[] Encode(byte[] source)
    {
        byte[] target = new byte[Snappy.MaxEncodedBytes(source.Length)];
        return target[..Snappy.Encode(source, target)];
    }

    private static byte[] Decode(byte[] block)
    {
        Assert.True(Snappy.TryGetLength(block, int.MaxValue, out int length));
        byte[] target = new byte[length];
        Assert.True(Snappy.TryDecode(block, target, out int written));
        return target[..written];
    }

    private static byte[] Make(string kind)
    {
        var random = new Random(Seed);
        byte[] noise = new byte[200_000];
        random.NextBytes(noise);
        return kind switch
        {
            "empty" => [],
            "one" => [7],
            "zeros" => new byte[150_000],
            "noise" => noise,
            "pattern" => [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 7))],
            "text" => Text(random, 3_000),
            _ => Text(random, 300_000),
        };
    }

    private static byte[] Text(Random random, int length)
    {
        string[] words = ["http_requests_total", "instance=", "127.0.0.1:9100", "job=", "node", "\n", "code=\"500\"", "0.25", "le="];
        var text = new System.Text.StringBuilder();
        while (text.Length < length) text.Append(words[random.Next(words.Length)]);
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }
}
