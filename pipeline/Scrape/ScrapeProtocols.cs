using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Scrape;

/// <summary>Content negotiation of a scrape: the Accept header, and which parser a Content-Type stands for.</summary>
internal static class ScrapeProtocols
{
    private const int AllProtocols = 5;

    private static readonly ScrapeProtocol[] Default =
        [ScrapeProtocol.OpenMetricsText100, ScrapeProtocol.OpenMetricsText001, ScrapeProtocol.PrometheusText100, ScrapeProtocol.PrometheusText004];

    /// <summary>The header, most wanted first: each protocol a tenth below the one before, and anything else last.</summary>
    public static string Accept(ScrapeConfig config, in ScrapeFeatures features = default)
    {
        string escaping = (config.MetricNameEscapingScheme ?? NameEscapingScheme.AllowUtf8) switch
        {
            NameEscapingScheme.AllowUtf8 => "allow-utf-8",
            NameEscapingScheme.Underscores => "underscores",
            NameEscapingScheme.Dots => "dots",
            NameEscapingScheme.Values => "values",
        };
        var protocols = Wanted(config, features);
        var entries = new List<string>();
        int tenths = AllProtocols + 1;
        foreach (var protocol in protocols) entries.Add($"{MediaType(protocol, escaping)};q=0.{tenths--}");
        entries.Add($"*/*;q=0.{tenths}");
        return string.Join(',', entries);
    }

    // Start times come best in protobuf: it goes first where nothing else was written.
    private static IReadOnlyList<ScrapeProtocol> Wanted(ScrapeConfig config, in ScrapeFeatures features)
    {
        var protocols = config.ScrapeProtocols ?? Default;
        return features.StartTimes && protocols.SequenceEqual(Default) ? [ScrapeProtocol.PrometheusProto, .. protocols] : protocols;
    }

    /// <summary>The format of an answer.</summary>
    /// <exception cref="ScrapeException">The header is missing or names no format, and there is no fallback.</exception>
    public static ExpositionFormat FormatOf(string? contentType, ScrapeProtocol? fallback)
    {
        // What stands behind the type changes nothing, nor does it matter when it is no parameter: some targets end with a semicolon.
        switch (contentType?.Split(';')[0].Trim().ToLowerInvariant())
        {
            case "text/plain": return ExpositionFormat.Text;
            case "application/openmetrics-text": return ExpositionFormat.OpenMetrics;
            case "application/vnd.google.protobuf": return ExpositionFormat.Protobuf;
        }
        if (fallback is null) throw NoFormat(contentType);
        return fallback.Value switch
        {
            ScrapeProtocol.OpenMetricsText001 or ScrapeProtocol.OpenMetricsText100 => ExpositionFormat.OpenMetrics,
            ScrapeProtocol.PrometheusText004 or ScrapeProtocol.PrometheusText100 => ExpositionFormat.Text,
            ScrapeProtocol.PrometheusProto => ExpositionFormat.Protobuf,
        };
    }

    private static ScrapeException NoFormat(string? contentType) => new(string.IsNullOrEmpty(contentType)
        ? "the target sent no Content-Type and the job has no fallback_scrape_protocol"
        : $"the target sent the unsupported Content-Type \"{Shortened(contentType)}\" and the job has no fallback_scrape_protocol");

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "...";

    private static string MediaType(ScrapeProtocol protocol, string escaping) => protocol switch
    {
        ScrapeProtocol.OpenMetricsText100 => $"application/openmetrics-text;version=1.0.0;escaping={escaping}",
        ScrapeProtocol.OpenMetricsText001 => "application/openmetrics-text;version=0.0.1",
        ScrapeProtocol.PrometheusText100 => $"text/plain;version=1.0.0;escaping={escaping}",
        ScrapeProtocol.PrometheusText004 => "text/plain;version=0.0.4",
        ScrapeProtocol.PrometheusProto => "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    };
}
