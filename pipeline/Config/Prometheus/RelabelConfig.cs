namespace Streamline.Pipeline.Config;

/// <summary>One relabelling step.</summary>
internal sealed record RelabelConfig : ConfigNode
{
    public const string DefaultRegex = "(.*)";

    public IReadOnlyList<string> SourceLabels { get; init; } = [];
    public string Separator { get; init; } = ";";

    /// <summary>RE2, to be anchored at both ends with dot matching newline.</summary>
    [LiteralText]
    public string Regex { get; init; } = DefaultRegex;

    public ulong Modulus { get; init; }

    [LiteralText]
    public string TargetLabel { get; init; } = "";

    [LiteralText]
    public string Replacement { get; init; } = "$1";

    public RelabelAction Action { get; init; } = RelabelAction.Replace;

    public override void Check(ConfigErrors errors) => RelabelChecks.Check(this, errors);
}

/// <summary>What a relabelling step does; written in any case.</summary>
[AnyCase]
internal enum RelabelAction
{
    Replace,
    Keep,
    Drop,
    KeepEqual,
    DropEqual,
    HashMod,
    LabelMap,
    LabelDrop,
    LabelKeep,
    Lowercase,
    Uppercase,
}
