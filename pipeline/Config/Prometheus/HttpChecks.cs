namespace Streamline.Pipeline.Config;

/// <summary>Which parts of an HTTP client block exclude each other.</summary>
internal static class HttpChecks
{
    /// <summary>Headers that the protocol or the client sets itself.</summary>
    private static readonly HashSet<string> OwnedHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Charset", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Content-Type",
        "Host", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
        "X-Prometheus-Remote-Write-Version", "X-Prometheus-Remote-Read-Version", "X-Prometheus-Scrape-Timeout-Seconds",
        "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
    };

    /// <summary>Headers of remote write, remote read and tracing that are refused.</summary>
    private static readonly HashSet<string> RemoteHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Encoding", "Content-Type", "Content-Length", "Connection", "Host", "Accept-Encoding", "Keep-Alive", "Proxy-Authenticate",
        "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Www-Authenticate",
        "X-Prometheus-Remote-Write-Version", "X-Prometheus-Remote-Read-Version", "X-Prometheus-Scrape-Timeout-Seconds",
        "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
    };

    public static void Check(HttpClientConfig http, ConfigErrors errors)
    {
        AtMostOne(http, errors, "bearer_token", "bearer_token_file");
        AtMostOneKind(http, ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"], errors);
        foreach (string name in http.HttpHeaders.Keys)
        {
            if (OwnedHeaders.Contains(name)) errors.Add(http, "http_headers", $"header \"{name}\" is set by the client itself");
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
        if (!hasProxy && proxy.NoProxy.Length > 0) errors.Add(proxy, "no_proxy", "\"no_proxy\" needs a \"proxy_url\"");
        if (!hasProxy && proxy.ProxyConnectHeader.Count > 0) errors.Add(proxy, "proxy_connect_header", "\"proxy_connect_header\" needs a proxy");
    }

    /// <summary>Headers given by hand in remote write, remote read and tracing.</summary>
    public static void CheckHeaders(ConfigNode node, IReadOnlyDictionary<string, string> headers, bool refuseAuthorization, ConfigErrors errors)
    {
        foreach (string name in headers.Keys)
        {
            if (RemoteHeaders.Contains(name)) errors.Add(node, "headers", $"header \"{name}\" is reserved");
            else if (refuseAuthorization && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) errors.Add(node, "headers", "header \"Authorization\" is set by basic_auth, authorization, oauth2 or sigv4");
        }
    }

    public static void AtMostOne(ConfigNode node, ConfigErrors errors, string first, string second)
    {
        if (node.Origin.Has(first) && node.Origin.Has(second)) errors.Add(node, second, $"at most one of \"{first}\" and \"{second}\" may be set");
    }

    /// <summary>The two bearer keys are one kind.</summary>
    public static void AtMostOneKind(ConfigNode node, string[] keys, ConfigErrors errors)
    {
        var written = keys.Where(node.Origin.Has).ToList();
        if (written.Count < 2 || written.TrueForAll(k => k.StartsWith("bearer_token", StringComparison.Ordinal))) return;
        errors.Add(node, written[1], $"at most one kind of authentication may be set, not {string.Join(" and ", written)}");
    }
}
