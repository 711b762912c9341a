namespace Streamline.Query.Kernels;

/// <summary>Arithmetic between two numbers; a struct argument, so that the loop around it is compiled for it.</summary>
internal interface IBinaryKernel
{
    /// <summary>Computes.</summary>
    static abstract double Apply(double left, double right);
}

/// <summary>A comparison between two numbers, IEEE: NaN is unequal to everything.</summary>
internal interface IComparisonKernel
{
    /// <summary>Compares.</summary>
    static abstract bool Test(double left, double right);
}

/// <summary>A function of one number.</summary>
internal interface IUnaryKernel
{
    /// <summary>Computes.</summary>
    static abstract double Apply(double value);
}
