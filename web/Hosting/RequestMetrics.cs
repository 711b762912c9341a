using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streamline.Web.Hosting;

/// <summary>Requests by handler, under the names that dashboards of Prometheus ask for (web/web.go). A handler is a route, so that paths of users make no series.</summary>
internal sealed partial class RequestMetrics
{
    private static readonly InstrumentAdvice<double> Bounds = new() { HistogramBucketBoundaries = [.1, .2, .4, 1, 3, 8, 20, 60, 120] };

    private readonly IReadOnlyDictionary<string, string> _handlers;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;

    /// <summary>Every handler is there from the start, with no requests yet.</summary>
    public RequestMetrics(Meter meter, IReadOnlyDictionary<string, string> handlers)
    {
        _handlers = handlers;
        _requests = meter.CreateCounter<long>("prometheus_http_requests_total", null, "Requests answered over HTTP.");
        _durations = meter.CreateHistogram("prometheus_http_request_duration_seconds", null, "Time from a request over HTTP to the end of its answer, seconds.", null, Bounds);
        foreach (string handler in handlers.Values.Distinct()) Count(handler, StatusCodes.Status200OK, 0);
    }

    /// <summary>Names of the handlers by pattern of their routes, as Prometheus writes them: <c>/api/v1/label/:name/values</c>.</summary>
    public static IReadOnlyDictionary<string, string> HandlersOf(IEnumerable<Endpoint> endpoints) =>
        endpoints.OfType<RouteEndpoint>().Select(PatternOf).Distinct().ToDictionary(pattern => pattern, HandlerOf);

    /// <summary>Answers a request and counts it.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            string handler = context.GetEndpoint() is RouteEndpoint route ? _handlers.GetValueOrDefault(PatternOf(route), "/") : "/";
            Count(handler, context.Response.StatusCode, 1);
            _durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("handler", handler));
        }
    }

    private void Count(string handler, int status, long requests) =>
        _requests.Add(requests, new KeyValuePair<string, object?>("code", status.ToString(CultureInfo.InvariantCulture)), new KeyValuePair<string, object?>("handler", handler));

    private static string PatternOf(RouteEndpoint route) => route.RoutePattern.RawText ?? "";

    private static string HandlerOf(string pattern) =>
        "/" + Parameters().Replace(pattern.TrimStart('/'), part => (part.Groups[1].Length > 0 ? "*" : ":") + part.Groups[2].Value);

    [GeneratedRegex(@"\{(\**)(\w+)[^}]*\}")]
    private static partial Regex Parameters();
}
