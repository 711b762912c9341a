namespace Streamline.Pipeline.Config;

/// <summary>Exposition formats by the names that <c>scrape_protocols</c> uses.</summary>
internal enum ScrapeProtocol
{
    PrometheusProto,

    [Key("PrometheusText0.0.4")]
    PrometheusText004,

    [Key("PrometheusText1.0.0")]
    PrometheusText100,

    [Key("OpenMetricsText0.0.1")]
    OpenMetricsText001,

    [Key("OpenMetricsText1.0.0")]
    OpenMetricsText100,
}

/// <summary>Which metric and label names are taken.</summary>
internal enum NameValidationScheme
{
    [Key("utf8")]
    Utf8,

    [Key("legacy")]
    Legacy,
}

/// <summary>How a target is asked to escape names.</summary>
internal enum NameEscapingScheme
{
    [Key("allow-utf-8")]
    AllowUtf8,

    [Key("underscores")]
    Underscores,

    [Key("dots")]
    Dots,

    [Key("values")]
    Values,
}

/// <summary>What a job's scrapes are worth when not all can be made.</summary>
internal enum ScrapePriority
{
    [Key("low")]
    Low,

    [Key("normal")]
    Normal,

    [Key("high")]
    High,
}
