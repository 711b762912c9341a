namespace Streamline.Storage;

/// <summary>Prometheus's staleness marker: a NaN told from every other by its bits, so it must be found before any arithmetic (model/value/value.go).</summary>
public static class StaleMarker
{
    /// <summary>The marker's bits.</summary>
    public const ulong Bits = 0x7ff0000000000002;

    /// <summary>The bits of the NaN that PromQL and the parsers produce.</summary>
    public const ulong NormalNaNBits = 0x7ff8000000000001;

    /// <summary>The marker.</summary>
    public static double Value => BitConverter.UInt64BitsToDouble(Bits);

    /// <summary>The NaN of users.</summary>
    public static double NormalNaN => BitConverter.UInt64BitsToDouble(NormalNaNBits);

    /// <summary>True for the marker only, not for other NaNs.</summary>
    public static bool Is(double value) => BitConverter.DoubleToUInt64Bits(value) == Bits;
}
