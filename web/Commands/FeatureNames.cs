using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>The names that <c>--enable-feature</c> takes. As in Prometheus a name that is not known is a warning, not an error.</summary>
internal static class FeatureNames
{
    private static readonly string[] Built =
    [
        "auto-reload-config", "created-timestamp-zero-ingestion", "delayed-compaction", "exemplar-storage", "promql-binop-fill-modifiers", "promql-delayed-name-removal",
        "promql-experimental-functions", "promql-extended-range-selectors", "promql-per-step-stats", "type-and-unit-labels", "use-start-timestamps", "xor2-encoding",
    ];

    // Refused at the start with a reason of its own.
    private const string Refused = "st-storage";

    // What they switch on is always on here, is another flag or a key, or steers what is built otherwise.
    private static readonly string[] Needless =
    [
        "agent", "auto-gomaxprocs", "auto-gomemlimit", "concurrent-rule-eval", "expand-external-labels", "extra-scrape-metrics", "fast-startup", "memory-snapshot-on-shutdown",
        "native-histograms", "new-service-discovery-manager", "no-default-scrape-port", "old-ui", "ooo-native-histograms", "otlp-deltatocumulative", "otlp-write-receiver",
        "promql-at-modifier", "promql-duration-expr", "promql-negative-offset", "remote-write-receiver", "use-uncached-io", "utf8-names",
    ];

    private static readonly string[] Unbuilt =
    [
        "histograms-st-encoding", "metadata-wal-records", "otlp-native-delta-ingestion", "search-api", "st-synthesis",
    ];

    /// <summary>A line for each name that does nothing.</summary>
    public static IEnumerable<string> Warnings(IEnumerable<string> given) => given.Distinct().Select(WarningOf).OfType<string>();

    private static string? WarningOf(string name)
    {
        if (Built.Contains(name) || name == Refused) return null;
        if (Unbuilt.Contains(name)) return $"\"{name}\" is accepted but has no effect yet";
        if (Needless.Contains(name)) return $"\"{name}\" has no effect: {Instead(name)}";
        return NearestName.Of(name, [.. Built, .. Needless, .. Unbuilt]) is { } near
            ? $"there is no feature \"{name}\" (did you mean \"{near}\"?)"
            : $"there is no feature \"{name}\"";
    }

    private static string Instead(string name) => name switch
    {
        "agent" => "agent mode is the flag --agent",
        "remote-write-receiver" => "it is the flag --web.enable-remote-write-receiver",
        "otlp-write-receiver" => "it is the flag --web.enable-otlp-receiver",
        "extra-scrape-metrics" => "it is the key extra_scrape_metrics",
        "native-histograms" => "it is the key scrape_native_histograms",
        "old-ui" => "there is one user interface",
        _ => "it is not needed here",
    };
}
