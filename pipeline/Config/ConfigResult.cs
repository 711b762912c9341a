using System.Globalization;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline;

/// <summary>What reading a configuration gave: a configuration, or all of its errors.</summary>
public sealed class ConfigResult
{
    /// <summary>True without errors.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>Every error found, in file order.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    /// <summary>Keys and mechanisms that are accepted but have no effect yet.</summary>
    public required IReadOnlyList<ConfigError> Warnings { get; init; }

    /// <summary>What a good configuration holds, in a line; empty with errors.</summary>
    public string Summary => Config is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{Config.ScrapeConfigs.Count} scrape jobs, {Config.Pipelines.Count} pipelines, {Config.Sinks.Count + Config.RemoteWrite.Count} sinks, {RuleSummary}");

    /// <summary>How many rules a good configuration or rule file holds, in a line; empty with errors.</summary>
    public string RuleSummary => Config is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{Config.RuleGroups.Sum(g => g.Rules.Count)} rules in {Config.RuleGroups.Count} groups");

    /// <summary>Null with errors.</summary>
    internal StreamlineConfig? Config { get; init; }
}
