namespace Streamline.Pipeline.Config;

/// <summary>How OTLP metrics are translated.</summary>
internal sealed record OtlpConfig : ConfigNode
{
    public IReadOnlyList<string> PromoteResourceAttributes { get; init => field = Trimmed(value); } = [];
    public bool PromoteAllResourceAttributes { get; init; }
    public IReadOnlyList<string> IgnoreResourceAttributes { get; init => field = Trimmed(value); } = [];

    [BlankIsDefault]
    public OtlpTranslation TranslationStrategy { get; init; } = OtlpTranslation.UnderscoreEscapingWithSuffixes;

    public bool KeepIdentifyingResourceAttributes { get; init; }
    public bool ConvertHistogramsToNhcb { get; init; }
    public bool PromoteScopeMetadata { get; init; }
    public bool LabelNameUnderscoreSanitization { get; init; } = true;
    public bool LabelNamePreserveMultipleUnderscores { get; init; } = true;

    public override void Check(ConfigErrors errors)
    {
        CheckAttributes(PromoteResourceAttributes, "promote_resource_attributes", errors);
        CheckAttributes(IgnoreResourceAttributes, "ignore_resource_attributes", errors);
        if (PromoteAllResourceAttributes && PromoteResourceAttributes.Count > 0)
            errors.Add(this, "promote_resource_attributes", "\"promote_all_resource_attributes\" takes no \"promote_resource_attributes\" beside it");
        if (!PromoteAllResourceAttributes && IgnoreResourceAttributes.Count > 0)
            errors.Add(this, "ignore_resource_attributes", "\"ignore_resource_attributes\" needs \"promote_all_resource_attributes\"");
    }

    private void CheckAttributes(IReadOnlyList<string> names, string key, ConfigErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (string.IsNullOrWhiteSpace(name)) errors.Add(this, key, "an attribute name must not be empty");
            else if (!seen.Add(name)) errors.Add(this, key, $"attribute \"{name}\" stands here twice");
        }
    }

    private static string[] Trimmed(IReadOnlyList<string> names) => [.. names.Select(n => n.Trim())];
}

/// <summary>What OTLP names become.</summary>
internal enum OtlpTranslation
{
    UnderscoreEscapingWithSuffixes,
    UnderscoreEscapingWithoutSuffixes,

    [Key("NoUTF8EscapingWithSuffixes")]
    NoUtf8EscapingWithSuffixes,

    NoTranslation,
}
