using System.Globalization;
using System.Net.Http.Headers;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Scrape;

/// <summary>Content negotiation of a scrape: the Accept header, and which parser a Content-Type stands for.</summary>
internal static class ScrapeProtocols
{
    private static readonly ScrapeProtocol[] Default =
        [ScrapeProtocol.OpenMetricsText100, ScrapeProtocol.OpenMetricsText001, ScrapeProtocol.PrometheusText100, ScrapeProtocol.PrometheusText004];

    /// <summary>The header, most wanted first. Protobuf is left out: it is not built yet, and a target asked for it would answer in it.</summary>
    public static string Accept(ScrapeConfig config)
    {
        string escaping = (config.MetricNameEscapingScheme ?? NameEscapingScheme.AllowUtf8) switch
        {
            NameEscapingScheme.AllowUtf8 => "allow-utf-8",
            NameEscapingScheme.Underscores => "underscores",
            NameEscapingScheme.Dots => "dots",
            NameEscapingScheme.Values => "values",
        };
        var entries = new List<string>();
        double weight = 0.6;
        foreach (var protocol in (config.ScrapeProtocols ?? Default).Where(p => p != ScrapeProtocol.PrometheusProto))
        {
            entries.Add(string.Create(CultureInfo.InvariantCulture, $"{MediaType(protocol, escaping)};q={weight:0.#}"));
            weight = Math.Max(0.1, weight - 0.1);
        }
        entries.Add(string.Create(CultureInfo.InvariantCulture, $"*/*;q={weight:0.#}"));
        return string.Join(',', entries);
    }

    /// <summary>The format of an answer.</summary>
    /// <exception cref="ScrapeException">The header is missing or names no format, and there is no fallback; or the format is not built yet.</exception>
    public static ExpositionFormat FormatOf(string? contentType, ScrapeProtocol? fallback)
    {
        if (MediaTypeHeaderValue.TryParse(contentType, out var parsed))
        {
            switch (parsed.MediaType?.ToLowerInvariant())
            {
                case "text/plain": return ExpositionFormat.Text;
                case "application/openmetrics-text": return ExpositionFormat.OpenMetrics;
                case "application/vnd.google.protobuf": throw NoProtobuf();
            }
        }
        if (fallback is null) throw NoFormat(contentType);
        return fallback.Value switch
        {
            ScrapeProtocol.OpenMetricsText001 or ScrapeProtocol.OpenMetricsText100 => ExpositionFormat.OpenMetrics,
            ScrapeProtocol.PrometheusText004 or ScrapeProtocol.PrometheusText100 => ExpositionFormat.Text,
            ScrapeProtocol.PrometheusProto => throw NoProtobuf(),
        };
    }

    private static ScrapeException NoFormat(string? contentType) => new(string.IsNullOrEmpty(contentType)
        ? "the target sent no Content-Type and the job has no fallback_scrape_protocol"
        : $"the target sent the unsupported Content-Type \"{Shortened(contentType)}\" and the job has no fallback_scrape_protocol");

    private static ScrapeException NoProtobuf() => new("the exposition format PrometheusProto is not built yet");

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
