namespace Streamline.Pipeline.Config;

/// <summary>An agent only scrapes and forwards.</summary>
internal static class AgentChecks
{
    public static void Check(StreamlineConfig config, ConfigErrors errors)
    {
        foreach (string key in (string[])["alerting", "rule_files", "rules", "alertmanager", "remote_read"])
        {
            if (config.Origin.Has(key)) errors.Add(config, key, $"\"{key}\" is not for the agent mode");
        }
        bool forwards = config.RemoteWrite.Count > 0 || config.Sinks.Any(s => s.RemoteWrite is not null);
        if (!forwards) errors.Add(config, "remote_write", "the agent mode needs a remote_write: samples would go nowhere");
    }
}
