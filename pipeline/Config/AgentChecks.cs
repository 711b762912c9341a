namespace Streamline.Pipeline.Config;

/// <summary>An agent only scrapes and forwards.</summary>
internal static class AgentChecks
{
    public static void Check(StreamlineConfig config, ConfigErrors errors)
    {
        // Empty sections are harmless, as in Prometheus.
        (string Key, bool HasContent)[] forServers =
        [
            ("alerting", config.Alerting.Alertmanagers.Count + config.Alerting.AlertRelabelConfigs.Count > 0),
            ("rule_files", config.RuleFiles.Count > 0),
            ("rules", config.Rules.Files.Count + config.Rules.Groups.Count > 0),
            ("alertmanager", config.Alertmanager is not null),
            ("remote_read", config.RemoteRead.Count > 0),
        ];
        foreach (var (key, _) in forServers.Where(s => s.HasContent)) errors.Add(config, key, $"\"{key}\" is not for the agent mode");
        bool forwards = config.RemoteWrite.Count > 0 || config.Sinks.Any(s => s.RemoteWrite is not null);
        if (!forwards) errors.Add(config, "remote_write", "the agent mode needs a remote_write: samples would go nowhere");
    }
}
