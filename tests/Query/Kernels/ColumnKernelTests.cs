using Streamline.Query.Kernels;

namespace Streamline.Query.Tests.Kernels;

/// <summary>Column kernels against naive twins, and against the allocator.</summary>
public sealed class ColumnKernelTests
{
    private static readonly double[] Special = [0, -0.0, 1, -1, 0.5, 3, 1e100, -1e100, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon];

    [Fact]
    public void Combine_AllPairsOfSpecialValues_EqualTheOperator()
    {
        var (left, right) = Pairs();
        Check<AddKernel>(left, right, (a, b) => a + b);
        Check<SubtractKernel>(left, right, (a, b) => a - b);
        Check<MultiplyKernel>(left, right, (a, b) => a * b);
        Check<DivideKernel>(left, right, (a, b) => a / b);
        Check<ModuloKernel>(left, right, (a, b) => a % b);
        Check<PowerKernel>(left, right, Math.Pow);
        Check<Atan2Kernel>(left, right, Math.Atan2);
    }

    [Fact]
    public void CompareAndFilter_AllPairsOfSpecialValues_EqualTheOperator()
    {
        var (left, right) = Pairs();
        CheckComparison<EqualKernel>(left, right, (a, b) => a == b);
        CheckComparison<NotEqualKernel>(left, right, (a, b) => a != b);
        CheckComparison<LessKernel>(left, right, (a, b) => a < b);
        CheckComparison<LessOrEqualKernel>(left, right, (a, b) => a <= b);
        CheckComparison<GreaterKernel>(left, right, (a, b) => a > b);
        CheckComparison<GreaterOrEqualKernel>(left, right, (a, b) => a >= b);
    }

    [Fact]
    public void Kernels_OverColumns_AllocateNothing()
    {
        var (left, right) = Pairs();
        double[] target = new double[left.Length];
        ulong[] present = new ulong[Presence.Words(left.Length)];
        Presence.SetAll(present, left.Length);
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            ColumnKernels.Combine<AddKernel>(left, right, target);
            ColumnKernels.Compare<LessKernel>(left, right, target);
            ColumnKernels.Filter<NotEqualKernel>(left, right, present);
            ColumnKernels.Map<AbsKernel>(target);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void SetAll_AnyLength_MarksExactlyThatManySteps(int steps)
    {
        ulong[] bits = new ulong[Presence.Words(steps) + 1];

        Presence.SetAll(bits, steps);

        Assert.Equal(steps, Presence.Count(bits));
        Assert.True(steps == 0 || Presence.Has(bits, steps - 1));
    }

    [Theory]
    [InlineData(2.5, 1, 3)]
    [InlineData(-2.5, 1, -2)]
    [InlineData(7, 5, 5)]
    [InlineData(8, 5, 10)]
    [InlineData(0.15, 0.1, 0.2)]
    public void Round_HalfGoesUp(double value, double to, double expected) => Assert.Equal(expected, GoMath.Round(value, to), 1e-12);

    private static (double[] Left, double[] Right) Pairs() =>
        ([.. Special.SelectMany(_ => Special)], [.. Special.SelectMany(a => Special.Select(_ => a))]);

    private static void Check<TKernel>(double[] left, double[] right, Func<double, double, double> twin) where TKernel : struct, IBinaryKernel
    {
        double[] target = new double[left.Length];
        ColumnKernels.Combine<TKernel>(left, right, target);
        for (int i = 0; i < left.Length; i++) Assert.Equal(twin(left[i], right[i]), target[i]);
    }

    private static void CheckComparison<TKernel>(double[] left, double[] right, Func<double, double, bool> twin) where TKernel : struct, IComparisonKernel
    {
        double[] target = new double[left.Length];
        ulong[] present = new ulong[Presence.Words(left.Length)];
        Presence.SetAll(present, left.Length);
        ColumnKernels.Compare<TKernel>(left, right, target);
        ColumnKernels.Filter<TKernel>(left, right, present);
        for (int i = 0; i < left.Length; i++)
        {
            Assert.Equal(twin(left[i], right[i]) ? 1 : 0, target[i]);
            Assert.Equal(twin(left[i], right[i]), Presence.Has(present, i));
        }
    }
}
