namespace Streamline.Pipeline.Stages;

/// <summary>128-bit keyed hash of a raw series text. Never all zero: that marks an empty slot of <see cref="RouteCache"/>.</summary>
internal readonly record struct RouteKey(ulong Low, ulong High)
{
    /// <summary>Equality without the record's comparers.</summary>
    public bool Is(RouteKey other) => Low == other.Low && High == other.High;

    /// <summary>Hash under this process's random key.</summary>
    public static RouteKey Of(ReadOnlySpan<byte> raw) => RouteHash.Of(raw);
}
