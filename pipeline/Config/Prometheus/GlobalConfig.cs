using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Defaults of all jobs and rule groups.</summary>
internal sealed record GlobalConfig : ConfigNode
{
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan ScrapeTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan RuleQueryOffset { get; init; }

    /// <summary>Null: chosen per job (<see cref="ScrapeConfig.ScrapeProtocols"/>).</summary>
    public IReadOnlyList<ScrapeProtocol>? ScrapeProtocols { get; init; }

    [BlankIsDefault]
    public NameValidationScheme MetricNameValidationScheme { get; init; } = NameValidationScheme.Utf8;

    [BlankIsDefault]
    public NameEscapingScheme? MetricNameEscapingScheme { get; init; }

    /// <summary>Already expanded from the environment by Prometheus's rule (<c>$VAR</c>, <c>${VAR}</c>, <c>$$</c>).</summary>
    [LiteralText]
    public IReadOnlyDictionary<string, string> ExternalLabels { get; init; } = ConfigDefaults.NoStrings;

    [Path]
    public string QueryLogFile { get; init; } = "";

    [Path]
    public string ScrapeFailureLogFile { get; init; } = "";

    public ByteSize BodySizeLimit { get; init; }
    public int SampleLimit { get; init; }
    public int TargetLimit { get; init; }
    public int LabelLimit { get; init; }
    public int LabelNameLengthLimit { get; init; }
    public int LabelValueLengthLimit { get; init; }
    public int KeepDroppedTargets { get; init; }
    public bool ScrapeNativeHistograms { get; init; }
    public bool ConvertClassicHistogramsToNhcb { get; init; }
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>Null: the feature extra-scrape-metrics decides.</summary>
    public bool? ExtraScrapeMetrics { get; init; }

    public override void Check(ConfigErrors errors)
    {
        ScrapeChecks.CheckProtocols(this, ScrapeProtocols, errors);
        foreach (string name in ExternalLabels.Keys)
        {
            if (!ScrapeChecks.IsLabelName(name, MetricNameValidationScheme)) errors.Add(this, "external_labels", $"\"{name}\" is not a valid label name");
        }
    }
}

/// <summary>The <c>runtime</c> section: a switch of Go's collector, without meaning here.</summary>
internal sealed record RuntimeConfig : ConfigNode
{
    [NoEffectYet]
    public long Gogc { get; init; } = 75;
}
