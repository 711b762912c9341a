using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;
using Streamline.Query.Plan;

namespace Streamline.Query.Tests.Kernels;

/// <summary>The loops over all windows of a series equal the windows taken one by one, and the places found by strides those found by looking at every sample.</summary>
public sealed class WindowColumnTests
{
    private const int Seed = 8128;

    [Fact]
    public void Find_GeneratedTimesWithGaps_SamePlacesAsEverySampleLookedAt()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 80; round++)
        {
            WindowGrid grid = Grid(random);
            using var places = new WindowPlaces(grid, new QueryAccount(100_000));
            for (int series = 0; series < 3; series++)
            {
                long[] times = Times(random);
                places.Find(times);
                for (int step = 0; step < grid.Steps.Count; step++)
                {
                    long endMs = grid.Shift.Apply(grid.Steps.TimeAt(step)), startMs = endMs - grid.RangeMs;
                    int[] inside = [.. Enumerable.Range(0, times.Length).Where(i => times[i] > startMs && times[i] <= endMs)];
                    Assert.True(inside.Length == places.To[step] - places.From[step], $"seed {Seed} round {round} step {step}");
                    if (inside.Length > 0) Assert.Equal(inside[0], places.From[step]);
                }
            }
        }
    }

    [Fact]
    public void Find_EqualTimes_KeepsTheVersion()
    {
        using var places = new WindowPlaces(new WindowGrid(new StepGrid(0, 15_000, 10), default, 60_000), new QueryAccount(1000));
        places.Find([0, 15_000, 30_000]);
        int version = places.Version;
        places.Find([0, 15_000, 30_000]);
        Assert.Equal(version, places.Version);
        places.Find([0, 15_000, 30_001]);
        Assert.NotEqual(version, places.Version);
    }

    [Fact]
    public void TryComputeColumn_GeneratedSeries_SameBitsAsWindowByWindow()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 300; round++)
        {
            WindowGrid grid = Grid(random);
            Same<ExtrapolatedKernel<RateFunction>>(random, grid, round);
            Same<ExtrapolatedKernel<IncreaseFunction>>(random, grid, round);
            Same<ExtrapolatedKernel<DeltaFunction>>(random, grid, round);
        }
    }

    private static void Same<TKernel>(Random random, WindowGrid grid, int round) where TKernel : struct, IWindowKernel
    {
        var account = new QueryAccount(1_000_000);
        using var places = new WindowPlaces(grid, account);
        TKernel whole = default;
        var single = new OneByOne<TKernel>();
        long[] times = Times(random);
        for (int series = 0; series < 4; series++)
        {
            if (random.Next(3) == 0) times = Times(random);
            double[] values = Values(random, times.Length);
            SeriesColumn fast = account.RentColumn(grid.Steps.Count), plain = account.RentColumn(grid.Steps.Count);
            WindowSlide.Run(ref whole, places, times, values, [], fast);
            WindowSlide.Run(ref single, places, times, values, [], plain);
            Assert.Equal(plain.Present.ToArray(), fast.Present.ToArray());
            for (int step = 0; step < plain.Steps; step++)
            {
                if (plain.Has(step)) Assert.True(plain.Values[step].Equals(fast.Values[step]), $"{typeof(TKernel)} seed {Seed} round {round} step {step}: {plain.Values[step]:R} {fast.Values[step]:R}");
            }
        }
    }

    private static WindowGrid Grid(Random random) => new(
        new StepGrid(random.Next(-100_000, 1_000_000), random.Next(1, 200_000), random.Next(1, 100)),
        random.Next(4) == 0 ? new TimeShift(random.Next(0, 1_000_000), 0) : new TimeShift(null, random.Next(-50_000, 50_000)),
        random.Next(1, 600_000));

    private static long[] Times(Random random)
    {
        long now = random.Next(0, 300_000);
        int regular = random.Next(3);
        return [.. Enumerable.Range(0, random.Next(0, 200)).Select(_ => now += random.Next(30) == 0 ? random.Next(1, 400_000) : regular == 0 ? 15_000 + random.Next(0, 3) : 15_000)];
    }

    private static double[] Values(Random random, int count)
    {
        double value = random.Next(2) * random.Next(1000);
        int kind = random.Next(4);
        return [.. Enumerable.Range(0, count).Select(_ => value = (kind, random.Next(20)) switch
        {
            (1, 0) => 0,
            (2, 0) => double.NaN,
            (2, 1) => double.PositiveInfinity,
            (2, 2) => random.NextDouble() * 1e308,
            (3, < 10) => value,
            _ => value + random.Next(0, 50) - (kind == 2 ? 20 : 0),
        })];
    }

    /// <summary>A kernel without its loop over all windows.</summary>
    private struct OneByOne<TKernel>() : IWindowKernel where TKernel : struct, IWindowKernel
    {
        private TKernel _kernel = default;

        public void Begin(ReadOnlySpan<long> times, ReadOnlySpan<double> values) => _kernel.Begin(times, values);

        public bool TryCompute(in Window window, out double result) => _kernel.TryCompute(window, out result);
    }
}
