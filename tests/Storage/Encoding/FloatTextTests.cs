using System.Globalization;

namespace Streamline.Storage.Tests.Encoding;

public sealed class FloatTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-17.5, "-17.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.0000001, "1e-7")]
    [InlineData(1.25e-9, "1.25e-9")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(9007199254740993, "9007199254740992")]
    public void Format_ApiForm(double value, string expected) => Assert.Equal(expected, FloatText.Format(value));

    [Theory]
    [InlineData(-0.0, "-0")]
    [InlineData(100000, "100000")]
    [InlineData(1e6, "1e+06")]
    [InlineData(-32546816, "-3.2546816e+07")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.000012345, "1.2345e-05")]
    [InlineData(1e9, "1e+09")]
    [InlineData(1e10, "1e+10")]
    [InlineData(1e-300, "1e-300")]
    [InlineData(-double.MaxValue, "-1.7976931348623157e+308")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void FormatGeneral_AsGoPrintsFloats(double value, string expected) => Assert.Equal(expected, FloatText.FormatGeneral(value));

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1e-7, "0.0000001")]
    public void FormatPlain_NeverAnExponent(double value, string expected) => Assert.Equal(expected, FloatText.FormatPlain(value));

    [Fact]
    public void Format_RandomBits_ReadsBackToTheSameValue()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(value)) continue;
            Assert.Equal(value, double.Parse(FloatText.Format(value), CultureInfo.InvariantCulture));
            Assert.Equal(value, double.Parse(FloatText.FormatPlain(value), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Format_RandomValues_HasTheDigitsOfTheFramework()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++)
        {
            double value = (i % 3) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(0, 0x7FF0000000000000)),
                1 => random.NextDouble() * Math.Pow(10, random.Next(-8, 16)),
                _ => Math.Round(random.NextDouble() * 1e6, random.Next(0, 6)),
            };
            Assert.True(Significant(value.ToString("R", CultureInfo.InvariantCulture)) == Significant(FloatText.FormatPlain(value)), $"{value:R}: {FloatText.Format(value)}, seed {seed}");
        }
    }

    [Fact]
    public void Significant_AnyNumber_DigitsWithoutZerosBehind()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        Span<byte> buffer = stackalloc byte[DecimalDigits.BufferBytes];
        for (int i = 0; i < 100_000; i++)
        {
            ulong number = (ulong)random.NextInt64(1, (long)Math.Pow(10, random.Next(1, 18)));
            if (i % 3 == 0) number = Math.Max(1, number / 100_000 * 100_000);
            string text = number.ToString(CultureInfo.InvariantCulture);
            string digits = System.Text.Encoding.ASCII.GetString(DecimalDigits.Significant(number, buffer, out int length));
            Assert.True(digits == text.TrimEnd('0') && length == text.Length, $"{number} gave {digits} of {length}, seed {seed}");
        }
    }

    /// <summary>The interval below a power of two is narrow: the framework's digits do not always read back there, ours must, and none may be spare.</summary>
    [Fact]
    public void Format_PowersOfTwo_ShortestThatReadsBack()
    {
        for (int power = -1074; power < 1024; power++)
        {
            double value = Math.ScaleB(1, power);
            string text = FloatText.Format(value);
            Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
            int digits = Significant(text).Length;
            string shorter = value.ToString(string.Create(CultureInfo.InvariantCulture, $"E{Math.Max(0, digits - 2)}"), CultureInfo.InvariantCulture);
            Assert.True(digits == 1 || double.Parse(shorter, CultureInfo.InvariantCulture) != value, $"{shorter} is shorter than {text}");
        }
    }

    // Digits without point, zeros around and exponent.
    private static string Significant(string text)
    {
        int exponent = text.IndexOf('e', StringComparison.OrdinalIgnoreCase);
        if (exponent >= 0) text = text[..exponent];
        return text.Replace(".", "", StringComparison.Ordinal).Trim('0');
    }
}
