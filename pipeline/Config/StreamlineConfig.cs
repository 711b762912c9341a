namespace Streamline.Pipeline.Config;

/// <summary>A whole pipeline.yaml: prometheus.yml's keys and Streamline's own.</summary>
internal sealed record StreamlineConfig : ConfigNode
{
    public GlobalConfig Global { get; init; } = new();
    public RuntimeConfig Runtime { get; init; } = new();
    public AlertingConfig Alerting { get; init; } = new();

    /// <summary>Globs; the groups found are in <see cref="RuleGroups"/>.</summary>
    [Path]
    public IReadOnlyList<string> RuleFiles { get; init; } = [];

    [Path]
    public IReadOnlyList<string> ScrapeConfigFiles { get; init; } = [];

    /// <summary>After loading: those of <see cref="ScrapeConfigFiles"/> as well, every value effective.</summary>
    public IReadOnlyList<ScrapeConfig> ScrapeConfigs { get; init; } = [];

    public StorageConfig Storage { get; init; } = new();

    [NoEffectYet]
    public TracingConfig? Tracing { get; init; }

    [NoEffectYet]
    public IReadOnlyList<RemoteWriteConfig> RemoteWrite { get; init; } = [];

    [NoEffectYet]
    public IReadOnlyList<RemoteReadConfig> RemoteRead { get; init; } = [];

    public OtlpConfig Otlp { get; init; } = new();

    [NamedMap]
    public IReadOnlyList<PipelineConfig> Pipelines { get; init; } = [];

    [NamedMap]
    public IReadOnlyList<SinkConfig> Sinks { get; init; } = [];

    public RulesConfig Rules { get; init; } = new();

    /// <summary>Null: no embedded dispatcher.</summary>
    public AlertmanagerConfig? Alertmanager { get; init; }

    [NoEffectYet]
    public YamlMapping? Heartbeats { get; init; }

    public LimitsConfig Limits { get; init; } = new();
    public RunMode Mode { get; init; } = RunMode.Server;

    /// <summary>Inline groups first, then those of the rule files in order; intervals, evaluation and labels effective.</summary>
    [NotBound]
    public IReadOnlyList<RuleGroupConfig> RuleGroups { get; init; } = [];

    /// <summary>The files that the configuration came from: what an automatic reload watches.</summary>
    [NotBound]
    public ConfigSources Sources { get; init; } = new();

    /// <summary>The main file as written.</summary>
    [NotBound]
    public string OriginalText { get; init; } = "";
}
