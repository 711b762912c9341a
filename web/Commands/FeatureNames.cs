using Streamline.Pipeline;

namespace Streamline.Web.Commands;

/// <summary>The names that <c>--enable-feature</c> takes. As in Prometheus a name that is not known is a warning, not an error.</summary>
internal static class FeatureNames
{
    private static readonly string[] Built =
    [
        "auto-reload-config", "created-timestamp-zero-ingestion", "delayed-compaction", "exemplar-storage", "extra-scrape-metrics", "promql-binop-fill-modifiers", "promql-delayed-name-removal",
        "promql-experimental-functions", "promql-extended-range-selectors", "promql-per-step-stats", "type-and-unit-labels", "use-start-timestamps", "xor2-encoding",
    ];

    // What they switch on is always on here, is another flag or a key, or steers what is built otherwise.
    private static readonly string[] Needless =
    [
        "agent", "auto-gomaxprocs", "auto-gomemlimit", "concurrent-rule-eval", "expand-external-labels", "fast-startup", "memory-snapshot-on-shutdown",
        "native-histograms", "new-service-discovery-manager", "no-default-scrape-port", "old-ui", "ooo-native-histograms", "otlp-deltatocumulative", "otlp-write-receiver",
        "promql-at-modifier", "promql-duration-expr", "promql-negative-offset", "remote-write-receiver", "use-uncached-io", "utf8-names",
    ];

    private static readonly Dictionary<string, string> Unbuilt = new()
    {
        ["histograms-st-encoding"] = "chunks of histograms with start timestamps are read, none are written",
        ["metadata-wal-records"] = "only what remote write 2.0 says of its series is in the log",
        ["otlp-native-delta-ingestion"] = "deltas are added up",
        ["search-api"] = "there is no search API",
        ["st-storage"] = "the head has no place for start timestamps beside samples; created-timestamp-zero-ingestion writes them as samples of 0",
        ["st-synthesis"] = "start timestamps that are made up would have no place beside samples either",
    };

    /// <summary>A line for each name that does nothing.</summary>
    public static IEnumerable<string> Warnings(IEnumerable<string> given) => given.Distinct().Select(WarningOf).OfType<string>();

    private static string? WarningOf(string name)
    {
        if (Built.Contains(name)) return null;
        if (Unbuilt.TryGetValue(name, out string? reason)) return $"\"{name}\" is accepted but has no effect yet: {reason}";
        if (Needless.Contains(name)) return $"\"{name}\" has no effect: {Instead(name)}";
        return NearestName.Of(name, [.. Built, .. Needless, .. Unbuilt.Keys]) is { } near
            ? $"there is no feature \"{name}\" (did you mean \"{near}\"?)"
            : $"there is no feature \"{name}\"";
    }

    private static string Instead(string name) => name switch
    {
        "agent" => "agent mode is the flag --agent",
        "remote-write-receiver" => "it is the flag --web.enable-remote-write-receiver",
        "otlp-write-receiver" => "it is the flag --web.enable-otlp-receiver",
        "native-histograms" => "it is the key scrape_native_histograms",
        "old-ui" => "there is one user interface",
        _ => "it is not needed here",
    };
}
