using System.Text.RegularExpressions;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Config;

/// <summary>Which parts of an HTTP client block exclude each other.</summary>
internal static partial class HttpChecks
{
    /// <summary>Headers given by hand that are refused everywhere; beside them <c>Authorization</c>, and for <c>http_headers</c> that of the scrape timeout.</summary>
    private static readonly HashSet<string> ReservedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Encoding", "Content-Length", "Content-Type", "User-Agent", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Www-Authenticate", "Accept-Encoding",
        "X-Prometheus-Remote-Write-Version", "X-Prometheus-Remote-Read-Version", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
    };

    public static void Check(HttpClientConfig http, ConfigErrors errors)
    {
        AtMostOne(http, errors, "bearer_token", "bearer_token_file");
        AtMostOneKind(http, ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"], errors);
        foreach (string name in http.HttpHeaders.Keys)
        {
            bool isRefused = ReservedHeaders.Contains(name) || Is(name, "Authorization") || Is(name, "X-Prometheus-Scrape-Timeout-Seconds");
            if (isRefused) errors.Add(http, "http_headers", $"header \"{name}\" is set by the client itself");
        }
    }

    public static void CheckTls(TlsConfig tls, ConfigErrors errors)
    {
        AtMostOne(tls, errors, "ca", "ca_file");
        AtMostOne(tls, errors, "cert", "cert_file");
        AtMostOne(tls, errors, "key", "key_file");
        bool hasCert = tls.Cert.Length > 0 || tls.CertFile.Length > 0;
        bool hasKey = tls.Key is { IsEmpty: false } || tls.KeyFile.Length > 0;
        if (hasCert && !hasKey) errors.Add(tls, "", "a client certificate needs its key: \"key\" or \"key_file\"");
        if (hasKey && !hasCert) errors.Add(tls, "", "a client key needs its certificate: \"cert\" or \"cert_file\"");
        if (tls.MinVersion > tls.MaxVersion) errors.Add(tls, "min_version", "\"min_version\" is above \"max_version\"");
    }

    public static void CheckProxy(ProxyConfig proxy, ConfigErrors errors)
    {
        if (proxy.ProxyFromEnvironment && proxy.ProxyUrl.Length > 0) errors.Add(proxy, "proxy_url", "\"proxy_from_environment\" takes no \"proxy_url\" beside it");
        if (proxy.ProxyFromEnvironment && proxy.NoProxy.Length > 0) errors.Add(proxy, "no_proxy", "\"proxy_from_environment\" takes no \"no_proxy\" beside it");
        bool hasProxy = proxy.ProxyFromEnvironment || proxy.ProxyUrl.Length > 0;
        if (proxy.ProxyUrl.Length > 0 && ProxyRules.Parse(proxy.ProxyUrl) is null)
            errors.Add(proxy, "proxy_url", "expected the address of a proxy such as http://host:port (http, https, socks5 or socks5h)");
        if (!hasProxy && !proxy.Origin.Has("proxy_url") && proxy.NoProxy.Length > 0) errors.Add(proxy, "no_proxy", "\"no_proxy\" needs a \"proxy_url\"");
        if (!hasProxy && proxy.ProxyConnectHeader.Count > 0) errors.Add(proxy, "proxy_connect_header", "\"proxy_connect_header\" needs a proxy");
    }

    /// <summary>Headers given by hand in remote write, remote read and tracing.</summary>
    public static void CheckHeaders(ConfigNode node, IReadOnlyDictionary<string, string> headers, ConfigErrors errors)
    {
        foreach (string name in headers.Keys)
        {
            if (ReservedHeaders.Contains(name)) errors.Add(node, "headers", $"header \"{name}\" is reserved");
            else if (Is(name, "Authorization")) errors.Add(node, "headers", "header \"Authorization\" is set by basic_auth, authorization or oauth2, not by hand");
        }
    }

    /// <summary>Refuses what Go's url.Parse refuses; whether anything answers there is seen later.</summary>
    public static void CheckUrl(ConfigNode node, string key, string url, ConfigErrors errors)
    {
        bool isGood = !url.AsSpan().ContainsAnyInRange('\0', '\u001f') && WrongEscape().Count(url) == 0 && !NoScheme().IsMatch(url);
        if (!isGood) errors.Add(node, key, "expected an address such as http://host:port/path");
    }

    /// <summary>A key left empty, as templates write it, is not set.</summary>
    public static void AtMostOne(ConfigNode node, ConfigErrors errors, string first, string second)
    {
        if (node.Origin.HasValue(first) && node.Origin.HasValue(second)) errors.Add(node, second, $"at most one of \"{first}\" and \"{second}\" may be set");
    }

    /// <summary>The two bearer keys are one kind.</summary>
    public static void AtMostOneKind(ConfigNode node, string[] keys, ConfigErrors errors)
    {
        var set = keys.Where(node.Origin.HasValue).ToList();
        if (set.Count < 2 || set.TrueForAll(k => k.StartsWith("bearer_token", StringComparison.Ordinal))) return;
        errors.Add(node, set[1], $"at most one kind of authentication may be set, not {string.Join(" and ", set)}");
    }

    [GeneratedRegex("%(?![0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex WrongEscape();

    // A colon ends a scheme; where none can stand before it, it may not come before a slash.
    [GeneratedRegex("^(?![A-Za-z][A-Za-z0-9+.-]*:)[^/]*:", RegexOptions.CultureInvariant)]
    private static partial Regex NoScheme();

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
