namespace Streamline.Query.Kernels;

internal readonly struct NegateKernel : IUnaryKernel
{
    public static double Apply(double value) => -value;
}

internal readonly struct AbsKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Abs(value);
}

internal readonly struct CeilKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Ceiling(value);
}

internal readonly struct FloorKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Floor(value);
}

internal readonly struct ExpKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Exp(value);
}

internal readonly struct SqrtKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Sqrt(value);
}

internal readonly struct LnKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Log(value);
}

internal readonly struct Log2Kernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Log2(value);
}

internal readonly struct Log10Kernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Log10(value);
}

internal readonly struct SgnKernel : IUnaryKernel
{
    public static double Apply(double value) => value < 0 ? -1 : value > 0 ? 1 : value;
}

internal readonly struct DegKernel : IUnaryKernel
{
    public static double Apply(double value) => value * 180 / Math.PI;
}

internal readonly struct RadKernel : IUnaryKernel
{
    public static double Apply(double value) => value * Math.PI / 180;
}

internal readonly struct SinKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Sin(value);
}

internal readonly struct CosKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Cos(value);
}

internal readonly struct TanKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Tan(value);
}

internal readonly struct AsinKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Asin(value);
}

internal readonly struct AcosKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Acos(value);
}

internal readonly struct AtanKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Atan(value);
}

internal readonly struct SinhKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Sinh(value);
}

internal readonly struct CoshKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Cosh(value);
}

internal readonly struct TanhKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Tanh(value);
}

internal readonly struct AsinhKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Asinh(value);
}

internal readonly struct AcoshKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Acosh(value);
}

internal readonly struct AtanhKernel : IUnaryKernel
{
    public static double Apply(double value) => Math.Atanh(value);
}
