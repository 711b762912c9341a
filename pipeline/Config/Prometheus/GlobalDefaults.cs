namespace Streamline.Pipeline.Config;

/// <summary>Global values that follow from others, and external labels filled from the environment.</summary>
internal static class GlobalDefaults
{
    public static GlobalConfig Apply(GlobalConfig written, Func<string, string?> environment, ConfigErrors errors)
    {
        var defaults = new GlobalConfig();
        var interval = written.ScrapeInterval > TimeSpan.Zero ? written.ScrapeInterval : defaults.ScrapeInterval;
        bool isTimeoutSet = written.ScrapeTimeout > TimeSpan.Zero && written.Origin.Has("scrape_timeout");
        if (isTimeoutSet && written.ScrapeTimeout > interval && !written.Origin.Failed.Contains("scrape_interval"))
            errors.Add(written, "scrape_timeout", "the global scrape timeout is above the scrape interval");
        return written with
        {
            ScrapeInterval = interval,
            ScrapeTimeout = isTimeoutSet ? written.ScrapeTimeout : Shorter(defaults.ScrapeTimeout, interval),
            EvaluationInterval = written.EvaluationInterval > TimeSpan.Zero ? written.EvaluationInterval : defaults.EvaluationInterval,
            ExternalLabels = written.ExternalLabels.ToDictionary(l => l.Key, l => Expand(l.Value), StringComparer.Ordinal),
        };

        string Expand(string text) => EnvironmentText.Expand(text, name =>
        {
            string value = environment(name) ?? "";
            if (value.Length == 0) errors.Warn(written.Origin.At("external_labels"), written.Origin.PathOf("external_labels"), $"environment variable \"{name}\" is not set or empty: nothing is put in its place");
            return value;
        });
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
