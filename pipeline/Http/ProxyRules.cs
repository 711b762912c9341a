using System.Net;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>Which proxy a request takes, as Go's clients decide it: by <c>proxy_url</c> and <c>no_proxy</c>, or by the environment.</summary>
internal sealed class ProxyRules : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly NoProxyList _exceptions;
    private readonly bool _sparesLoopback;

    private ProxyRules(Uri? http, Uri? https, string noProxy, bool sparesLoopback, bool ownTunnel, IReadOnlyDictionary<string, IReadOnlyList<Secret>> connectHeaders)
    {
        (_http, _https, _sparesLoopback, ConnectHeaders) = (http, https, sparesLoopback, connectHeaders);
        OwnTunnel = ownTunnel || connectHeaders.Count > 0;
        _exceptions = new NoProxyList(noProxy);
        var login = (https ?? http)?.UserInfo ?? "";
        if (login.Length > 0) Credentials = Login(login);
    }

    public ICredentials? Credentials { get; set; }

    /// <summary>Headers of the CONNECT request.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Secret>> ConnectHeaders { get; }

    /// <summary>Whether encrypted connections are dialled by <see cref="ProxyTunnel"/>: the handler neither sends headers with CONNECT nor greets by another name.</summary>
    public bool OwnTunnel { get; }

    /// <summary>The rules of a block; null without any proxy.</summary>
    public static ProxyRules? Of(ProxyConfig config, bool ownTunnel = false) => Of(config, Environment.GetEnvironmentVariable, ownTunnel);

    internal static ProxyRules? Of(ProxyConfig config, Func<string, string?> environment, bool ownTunnel = false)
    {
        if (config.ProxyFromEnvironment)
        {
            string Find(string name) => environment(name) is { Length: > 0 } upper ? upper : environment(name.ToLowerInvariant()) ?? "";
            var (http, https) = (Parse(Find("HTTP_PROXY")), Parse(Find("HTTPS_PROXY")));
            return http is null && https is null ? null : new ProxyRules(http, https, Find("NO_PROXY"), sparesLoopback: true, ownTunnel, config.ProxyConnectHeader);
        }
        if (Parse(config.ProxyUrl) is not { } proxy) return null;
        // Alone, proxy_url holds for every host; beside no_proxy, Go's usual exceptions for this machine hold too.
        return new ProxyRules(proxy, proxy, config.NoProxy, sparesLoopback: config.NoProxy.Length > 0, ownTunnel, config.ProxyConnectHeader);
    }

    /// <summary>The proxy of a request; null goes straight.</summary>
    public Uri? ProxyOf(Uri destination)
    {
        if (_sparesLoopback && (destination.Host == "localhost" || (IPAddress.TryParse(destination.DnsSafeHost, out var address) && IPAddress.IsLoopback(address)))) return null;
        return _exceptions.Holds(destination) ? null : destination.Scheme == "https" ? _https : _http;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : ProxyOf(destination);

    /// <summary>Requests through a tunnel of our own are dialled straight as far as the handler knows.</summary>
    public bool IsBypassed(Uri host) => ProxyOf(host) is null || (OwnTunnel && host.Scheme == "https");

    /// <summary>The address of a proxy; null when it is none that can be used.</summary>
    public static Uri? Parse(string text)
    {
        if (text.Length == 0) return null;
        string address = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        // Either name of the protocol leaves it to the proxy to find the host, here as in Go.
        if (address.StartsWith("socks5h://", StringComparison.OrdinalIgnoreCase)) address = "socks5" + address["socks5h".Length..];
        // Go takes a password with an @ in it.
        int host = address.IndexOf("://", StringComparison.Ordinal) + 3;
        int login = address.AsSpan(host).IndexOfAny('/', '?', '#') is >= 0 and var end ? address.LastIndexOf('@', host + end) : address.LastIndexOf('@');
        if (login > host) address = address[..host] + address[host..login].Replace("@", "%40", StringComparison.Ordinal) + address[login..];
        return Uri.TryCreate(address, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5" && proxy.Host.Length > 0 ? proxy : null;
    }

    private static NetworkCredential Login(string userInfo)
    {
        int colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NetworkCredential(Uri.UnescapeDataString(userInfo), "")
            : new NetworkCredential(Uri.UnescapeDataString(userInfo[..colon]), Uri.UnescapeDataString(userInfo[(colon + 1)..]));
    }
}
