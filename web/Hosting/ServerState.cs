using Streamline.Pipeline;
using Streamline.Web.Api;

namespace Streamline.Web.Hosting;

/// <summary>Holds the host once it is open, and keeps requests out before that and while it stops (reference H2).</summary>
internal sealed class ServerState
{
    private volatile PipelineHost? _host;
    private volatile RequestMetrics? _requests;
    private volatile bool _wasReady;

    /// <summary>The host; requests only come here while it is ready.</summary>
    public PipelineHost Host => _host ?? throw new ApiException(ApiErrorType.Unavailable, "the server is not ready");

    public bool IsReady => _host is { IsReady: true };

    /// <summary>Names of all handlers by route.</summary>
    public IReadOnlyDictionary<string, string> Handlers { get; set; } = new Dictionary<string, string>();

    public void Use(PipelineHost? host)
    {
        _requests = host is null ? null : new RequestMetrics(host.Meter, Handlers);
        _host = host;
    }

    /// <summary>Counts a request in the metrics of the host, if there is one.</summary>
    public Task CountAsync(HttpContext context, RequestDelegate next) => _requests is { } requests ? requests.InvokeAsync(context, next) : next(context);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string path = context.Request.Path.Value ?? "";
        bool waits = path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/metrics", StringComparison.Ordinal) || path is "/-/ready" or "/-/reload";
        bool isReady = IsReady;
        if (isReady) _wasReady = true;
        if (isReady || !waits) return next(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers["X-Prometheus-Stopping"] = _wasReady ? "true" : "false";
        return context.Response.WriteAsync("Service Unavailable", context.RequestAborted);
    }
}
