using System.Net;

namespace Streamline.Web.Security;

/// <summary>
/// Keeps other people's web pages away from a server on loopback: a state-changing request whose Origin is not the Host is refused, and so is a Host
/// that is none of our names (DNS rebinding).
/// </summary>
internal sealed class RequestGuard
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase) { "localhost", Environment.MachineName };
    private readonly bool _anyHost;
    private readonly string? _externalAuthority;

    public RequestGuard(IEnumerable<string> listenHosts, Uri? externalUrl)
    {
        foreach (string host in listenHosts)
        {
            _hosts.Add(host);
            // Listening on all addresses, the names under which people reach us are not known.
            if (host is "0.0.0.0" or "[::]" or "::" or "") _anyHost = true;
        }
        if (externalUrl is null) return;
        _hosts.Add(externalUrl.Host);
        _externalAuthority = externalUrl.Authority;
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!IsOurs(request.Host.Host)) return RefuseAsync(context, $"the Host \"{request.Host.Host}\" is none of this server's names; set --web.external-url");
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        string origin = request.Headers.Origin.ToString();
        if (changes && origin.Length > 0 && !IsSameOrigin(origin, request.Host)) return RefuseAsync(context, "a state-changing request from another origin is refused");
        return next(context);
    }

    // An address literal cannot be rebound to another: only names are checked.
    private bool IsOurs(string host) => _anyHost || host.Length == 0 || IPAddress.TryParse(host.Trim('[', ']'), out _) || _hosts.Contains(host);

    // A proxy in front may put another Host in place of the external name that the browser knows.
    private bool IsSameOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase) || string.Equals(uri.Authority, _externalAuthority, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }
}
