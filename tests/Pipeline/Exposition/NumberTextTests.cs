using System.Globalization;
using System.Text;
using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Exposition;

public sealed class NumberTextTests
{
    [Fact]
    public void TryParse_GeneratedNumbers_EqualsTheFramework()
    {
        const int seed = 20261;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            string text = Generate(random);
            bool read = NumberText.TryParse(Encoding.ASCII.GetBytes(text), out double value);
            double expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.True(read == double.IsFinite(expected), $"seed {seed}: {text}");
            if (read) Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), $"seed {seed}: {text}");
        }
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("0.1")]
    [InlineData("1e22")]
    [InlineData("1e23")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("4.9e-324")]
    [InlineData("5.")]
    [InlineData(".5")]
    [InlineData("+5")]
    [InlineData("0000000000000000000000000001")]
    public void TryParse_EdgeOfTheFastPath_EqualsTheFramework(string text)
    {
        Assert.True(NumberText.TryParse(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1..2")]
    [InlineData("1,5")]
    [InlineData("1 ")]
    [InlineData("e5")]
    [InlineData("infi")]
    public void TryParse_NoNumber_Refuses(string text) => Assert.False(NumberText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void PlainNumber_GeneratedNumbers_ReadsThePlainOnesAsTheFrameworkDoes()
    {
        const int seed = 20262;
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string text = i % 2 == 0 ? Generate(random) : Plain(random);
            byte[] line = Encoding.ASCII.GetBytes("metric{a=\"1.5-\"} 7 " + text);
            bool plain = PlainNumber.TryParseLast(line, text.Length, out double value);
            read += plain ? 1 : 0;
            double expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.True(!plain || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), $"seed {seed}: {text}");
        }
        if (System.Runtime.Intrinsics.X86.Sse41.IsSupported) Assert.InRange(read, 25_000, 50_000);
    }

    [Theory]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1..2")]
    [InlineData("1.2.3")]
    [InlineData("1 2")]
    [InlineData(" 1")]
    [InlineData("1e5")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData("1-")]
    [InlineData("NaN")]
    [InlineData("12:34")]
    [InlineData("1/2")]
    [InlineData("9007199254740993")]
    [InlineData("12345678901234567")]
    public void PlainNumber_NotPlain_IsLeftToTheOthers(string text) => Assert.False(PlainNumber.TryParseLast(Encoding.ASCII.GetBytes("metric 0123456789 " + text), text.Length, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("5.", 5)]
    [InlineData(".5", 0.5)]
    [InlineData("-0.25", -0.25)]
    [InlineData("9007199254740992", 9007199254740992)]
    [InlineData("0.00000000000001", 1e-14)]
    [InlineData("-123456789.12345", -123456789.12345)]
    public void PlainNumber_EdgeOfWhatItReads_IsExact(string text, double expected)
    {
        if (!System.Runtime.Intrinsics.X86.Sse41.IsSupported) return;
        Assert.True(PlainNumber.TryParseLast(Encoding.ASCII.GetBytes("metric 0123456789 " + text), text.Length, out double value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void PlainNumber_ShortLine_IsLeftToTheOthers() => Assert.False(PlainNumber.TryParseLast("a 1"u8, 1, out _));

    // At most sixteen bytes and 2^53.
    private static string Plain(Random random)
    {
        string digits = random.NextInt64(1L << random.Next(1, 50)).ToString(CultureInfo.InvariantCulture);
        if (digits.Length < 15 && random.Next(2) == 0) digits = digits.Insert(random.Next(digits.Length + 1), ".");
        return digits.Length < 16 && random.Next(4) == 0 ? "-" + digits : digits;
    }

    [Fact]
    public void TryParse_NaN_IsNeverTheStaleMarker()
    {
        Assert.True(NumberText.TryParse("NaN"u8, out double value));
        Assert.Equal(StaleMarker.NormalNaNBits, BitConverter.DoubleToUInt64Bits(value));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(100000, "100000")]
    [InlineData(1000000, "1e+06")]
    [InlineData(32546816, "3.2546816e+07")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.000012345, "1.2345e-05")]
    [InlineData(1.7e9, "1.7e+09")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(1e300, "1e+300")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void General_WritesAsGo(double value, string expected)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxBytes];
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..FloatText.WriteGeneral(value, text)]));
    }

    private static string Generate(Random random)
    {
        string all = random.NextInt64(long.MaxValue).ToString(CultureInfo.InvariantCulture);
        string digits = all[..random.Next(1, Math.Min(18, all.Length + 1))];
        int point = random.Next(-1, digits.Length);
        string text = point < 0 ? digits : digits.Insert(point, ".");
        if (random.Next(3) == 0) text += $"e{random.Next(-330, 330)}";
        return random.Next(4) == 0 ? "-" + text : text;
    }
}
