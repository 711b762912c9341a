using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>Global values that follow from others, and external labels filled from the environment.</summary>
internal static partial class GlobalDefaults
{
    public static GlobalConfig Apply(GlobalConfig written, Func<string, string?> environment, ConfigErrors errors)
    {
        var defaults = new GlobalConfig();
        var interval = written.ScrapeInterval > TimeSpan.Zero ? written.ScrapeInterval : defaults.ScrapeInterval;
        bool isTimeoutSet = written.ScrapeTimeout > TimeSpan.Zero && written.Origin.Has("scrape_timeout");
        if (isTimeoutSet && written.ScrapeTimeout > interval && !written.Origin.Failed.Contains("scrape_interval"))
            errors.Add(written, "scrape_timeout", "the global scrape timeout is above the scrape interval");
        var scheme = written.MetricNameValidationScheme;
        ScrapeDefaults.CheckSchemes(written, scheme, written.MetricNameEscapingScheme, errors);
        return written with
        {
            ScrapeInterval = interval,
            ScrapeTimeout = isTimeoutSet ? written.ScrapeTimeout : Shorter(defaults.ScrapeTimeout, interval),
            EvaluationInterval = written.EvaluationInterval > TimeSpan.Zero ? written.EvaluationInterval : defaults.EvaluationInterval,
            ExternalLabels = written.ExternalLabels.ToDictionary(l => l.Key, l => Expand(l.Value, environment), StringComparer.Ordinal),
        };
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>Go's os.Expand as Prometheus uses it: an unset variable gives nothing, a dollar before anything else stays.</summary>
    private static string Expand(string text, Func<string, string?> environment) =>
        Variable().Replace(text, match => match.Value == "$$" ? "$" : environment(match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value) ?? "");

    [GeneratedRegex(@"\$(?:\$|\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))")]
    private static partial Regex Variable();
}
