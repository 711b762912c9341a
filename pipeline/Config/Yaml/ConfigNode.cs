namespace Streamline.Pipeline.Config;

/// <summary>
/// What every record of the configuration shares: where it was written. Records are bound from YAML by <see cref="ConfigBinder"/> through
/// their init properties, in snake case. Record equality must not be relied on (lists compare by reference): use <see cref="ConfigPrinter.AreSame"/>.
/// </summary>
internal abstract record ConfigNode
{
    /// <summary>Position and written keys; <see cref="ConfigOrigin.None"/> for a record made by code.</summary>
    [NotBound]
    public ConfigOrigin Origin { get; init; } = ConfigOrigin.None;

    /// <summary>Checks that need this record alone; called once it is bound. What needs its surroundings is checked by the loader.</summary>
    public virtual void Check(ConfigErrors errors)
    {
    }
}
