using Streamline.Query.Operators.Aggregations;

namespace Streamline.Query.Tests.Kernels;

/// <summary>Folding a column at once equals folding step by step, bit for bit but for the bits of NaN, and allocates nothing.</summary>
public sealed class FoldColumnTests
{
    private const int Seed = 31337;

    [Fact]
    public void AddColumns_GeneratedValues_SameAsAdd()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 300; round++)
        {
            Same<SumFold>(random, round);
            Same<AvgFold>(random, round);
            Same<MinFold>(random, round);
            Same<MaxFold>(random, round);
            Same<CountFold>(random, round);
        }
    }

    private static void Same<TFold>(Random random, int round) where TFold : struct, IFold
    {
        const int Steps = 67;
        double[][] fast = [new double[Steps], new double[Steps], new double[Steps]], plain = [new double[Steps], new double[Steps], new double[Steps]];
        for (int series = 0; series < 20; series++)
        {
            double[] values = [.. Enumerable.Range(0, Steps).Select(_ => Odd(random, round))];
            for (int i = 0; i < Steps; i++)
            {
                if (series > 0) TFold.Add(values[i], ref plain[0][i], ref plain[1][i], ref plain[2][i]);
                else TFold.First(values[i], out plain[0][i], out plain[1][i], out plain[2][i]);
                if (series == 0) TFold.First(values[i], out fast[0][i], out fast[1][i], out fast[2][i]);
            }
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (series > 0) TFold.AddColumns(values, fast[0], fast[1], fast[2]);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        for (int i = 0; i < Steps; i++)
        {
            double wanted = TFold.Result(plain[0][i], plain[1][i], plain[2][i]), got = TFold.Result(fast[0][i], fast[1][i], fast[2][i]);
            Assert.True(wanted.Equals(got), $"{typeof(TFold)} seed {Seed} round {round} step {i}: {wanted:R} {got:R}");
        }
    }

    private static double Odd(Random random, int round) => (round % 5, random.Next(40)) switch
    {
        (1, 0) => double.NaN,
        (2, 0) => random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity,
        (3, < 10) => (random.Next(2) == 0 ? 1 : -1) * double.MaxValue,
        (4, _) => random.NextDouble() * Math.Pow(10, random.Next(-100, 100)),
        _ => (random.NextDouble() - 0.5) * 1e6,
    };
}
