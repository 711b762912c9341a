namespace Streamline.Query.Kernels;

internal readonly struct AddKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => left + right;
}

internal readonly struct SubtractKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => left - right;
}

internal readonly struct MultiplyKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => left * right;
}

internal readonly struct DivideKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => left / right;
}

internal readonly struct ModuloKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => left % right;
}

internal readonly struct PowerKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => Math.Pow(left, right);
}

internal readonly struct Atan2Kernel : IBinaryKernel
{
    public static double Apply(double left, double right) => Math.Atan2(left, right);
}

internal readonly struct MaxOfKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => GoMath.Max(left, right);
}

internal readonly struct MinOfKernel : IBinaryKernel
{
    public static double Apply(double left, double right) => GoMath.Min(left, right);
}

internal readonly struct EqualKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left == right;
}

internal readonly struct NotEqualKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left != right;
}

internal readonly struct LessKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left < right;
}

internal readonly struct LessOrEqualKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left <= right;
}

internal readonly struct GreaterKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left > right;
}

internal readonly struct GreaterOrEqualKernel : IComparisonKernel
{
    public static bool Test(double left, double right) => left >= right;
}
