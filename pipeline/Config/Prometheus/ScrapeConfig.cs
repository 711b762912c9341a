using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>One scrape job. After loading, every value is the effective one: what was not written is inherited from <see cref="GlobalConfig"/>.</summary>
internal sealed record ScrapeConfig : ConfigNode
{
    [RequiredKey]
    public string JobName { get; init; } = "";

    public TimeSpan ScrapeInterval { get; init; }
    public TimeSpan ScrapeTimeout { get; init; }

    /// <summary>Streamline's own: whose scrapes are left out first when memory is short.</summary>
    public ScrapePriority Priority { get; init; } = ScrapePriority.Normal;

    /// <summary>In order of preference; never null after loading.</summary>
    public IReadOnlyList<ScrapeProtocol>? ScrapeProtocols { get; init; }

    [BlankIsDefault]
    public ScrapeProtocol? FallbackScrapeProtocol { get; init; }

    public string MetricsPath { get; init; } = "/metrics";
    public string Scheme { get; init; } = "http";

    [Key("params")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; init; } = ConfigDefaults.NoStringLists;

    public bool EnableCompression { get; init; } = true;
    public bool HonorLabels { get; init; }
    public bool HonorTimestamps { get; init; } = true;
    public bool TrackTimestampsStaleness { get; init; }

    [Path]
    public string ScrapeFailureLogFile { get; init; } = "";

    public ByteSize BodySizeLimit { get; init; }
    public int SampleLimit { get; init; }
    public int TargetLimit { get; init; }
    public int LabelLimit { get; init; }
    public int LabelNameLengthLimit { get; init; }
    public int LabelValueLengthLimit { get; init; }
    public int KeepDroppedTargets { get; init; }
    public int NativeHistogramBucketLimit { get; init; }
    public double NativeHistogramMinBucketFactor { get; init; }

    /// <summary>Not null after loading, like the next.</summary>
    [BlankIsDefault]
    public NameValidationScheme? MetricNameValidationScheme { get; init; }

    [BlankIsDefault]
    public NameEscapingScheme? MetricNameEscapingScheme { get; init; }
    public bool? ScrapeNativeHistograms { get; init; }
    public bool? ConvertClassicHistogramsToNhcb { get; init; }
    public bool? AlwaysScrapeClassicHistograms { get; init; }
    public bool? ExtraScrapeMetrics { get; init; }

    [Inline]
    public DiscoveryConfig Discovery { get; init; } = new();

    [Inline]
    public HttpClientConfig Http { get; init; } = new();

    public IReadOnlyList<RelabelConfig> RelabelConfigs { get; init; } = [];
    public IReadOnlyList<RelabelConfig> MetricRelabelConfigs { get; init; } = [];

    public override void Check(ConfigErrors errors) => ScrapeChecks.Check(this, errors);
}
