using Streamline.Query.Engine;
using Streamline.Query.Kernels.Windows;
using Streamline.Query.Operators;

namespace Streamline.Query.Tests.Kernels;

/// <summary>A kernel over the windows of one series.</summary>
internal static class Sliding
{
    public static void Run<TKernel>(ref TKernel kernel, WindowGrid grid, long[] times, double[] values, double[] parameters, SeriesColumn target)
        where TKernel : struct, IWindowKernel
    {
        using var places = new WindowPlaces(grid, new QueryAccount(10_000));
        WindowSlide.Run(ref kernel, places, times, values, parameters, target);
    }
}
