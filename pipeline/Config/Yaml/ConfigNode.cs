namespace Streamline.Pipeline.Config;

/// <summary>
/// What every record of the configuration shares: where it was written. Records are bound from YAML through
/// their init properties, in snake case. Record equality must not be relied on (lists compare by reference); compare the printed form.
/// </summary>
internal abstract record ConfigNode
{
    /// <summary>Position and written keys; <see cref="ConfigOrigin.None"/> for a record made by code.</summary>
    [NotBound]
    public ConfigOrigin Origin { get; init; } = ConfigOrigin.None;
}
