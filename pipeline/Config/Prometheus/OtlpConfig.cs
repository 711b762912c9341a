namespace Streamline.Pipeline.Config;

/// <summary>How OTLP metrics are translated.</summary>
internal sealed record OtlpConfig : ConfigNode
{
    public IReadOnlyList<string> PromoteResourceAttributes { get; init; } = [];
    public bool PromoteAllResourceAttributes { get; init; }
    public IReadOnlyList<string> IgnoreResourceAttributes { get; init; } = [];
    public OtlpTranslation TranslationStrategy { get; init; } = OtlpTranslation.UnderscoreEscapingWithSuffixes;
    public bool KeepIdentifyingResourceAttributes { get; init; }
    public bool ConvertHistogramsToNhcb { get; init; }
    public bool PromoteScopeMetadata { get; init; }
    public bool LabelNameUnderscoreSanitization { get; init; } = true;
    public bool LabelNamePreserveMultipleUnderscores { get; init; } = true;
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
