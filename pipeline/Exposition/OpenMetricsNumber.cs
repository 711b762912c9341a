using Streamline.Storage;

namespace Streamline.Pipeline.Exposition;

/// <summary>Values of <c>le</c> and <c>quantile</c> as OpenMetrics wants them (its section "Considerations: Canonical Numbers").</summary>
internal static class OpenMetricsNumber
{
    /// <summary>Room that always suffices.</summary>
    public const int MaxBytes = FloatText.MaxBytes + 2;

    /// <summary>The shortest form, with ".0" where it shows neither point nor exponent; returns the length.</summary>
    public static int Write(double value, Span<byte> target)
    {
        int length = FloatText.WriteGeneral(value, target);
        if (!double.IsFinite(value) || target[..length].IndexOfAny((byte)'.', (byte)'e') >= 0) return length;
        ".0"u8.CopyTo(target[length..]);
        return length + 2;
    }
}
