using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Notify;

/// <summary>An HTTP client after an <c>http_config</c> block. Credential files are read at each request.</summary>
internal sealed class NotifyHttpClient : IDisposable
{
    private const string UserAgent = "Alertmanager/0.34.0";
    private readonly HttpClientConfig _config;
    private readonly HttpMessageInvoker _invoker;

    /// <exception cref="NotSupportedException">The block asks for something that is not built yet; the message names it.</exception>
    public NotifyHttpClient(HttpClientConfig config)
    {
        if (config.OAuth2 is not null) throw new NotSupportedException("http_config: oauth2 is not built yet for receivers");
        if (UsesFiles(config.TlsConfig)) throw new NotSupportedException("http_config: tls_config with certificates is not built yet for receivers");
        _config = config;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = config.FollowRedirects,
            UseProxy = config.Proxy.ProxyUrl.Length > 0 || config.Proxy.ProxyFromEnvironment,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        };
        if (config.Proxy.ProxyUrl.Length > 0) handler.Proxy = new WebProxy(config.Proxy.ProxyUrl);
        if (config.TlsConfig.ServerName.Length > 0) handler.SslOptions.TargetHost = config.TlsConfig.ServerName;
#pragma warning disable CA5359 // insecure_skip_verify is the user's own word
        if (config.TlsConfig.InsecureSkipVerify) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        _invoker = new HttpMessageInvoker(handler);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.UserAgent.ParseAdd(UserAgent);
        await AuthorizeAsync(request, cancellation);
        foreach (var (name, header) in _config.HttpHeaders)
        {
            request.Headers.TryAddWithoutValidation(name, header.Values);
            request.Headers.TryAddWithoutValidation(name, header.Secrets.Select(s => s.Reveal()));
            foreach (string file in header.Files) request.Headers.TryAddWithoutValidation(name, await ReadAsync(file, cancellation));
        }
        return await _invoker.SendAsync(request, cancellation);
    }

    public void Dispose() => _invoker.Dispose();

    private async Task AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (_config.BasicAuth is { } basic)
        {
            string user = basic.UsernameFile.Length > 0 ? await ReadAsync(basic.UsernameFile, cancellation) : basic.Username;
            string password = basic.PasswordFile.Length > 0 ? await ReadAsync(basic.PasswordFile, cancellation) : basic.Password?.Reveal() ?? "";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        else if (_config.Authorization is { } authorization)
        {
            string credentials = authorization.CredentialsFile.Length > 0 ? await ReadAsync(authorization.CredentialsFile, cancellation) : authorization.Credentials?.Reveal() ?? "";
            request.Headers.Authorization = new AuthenticationHeaderValue(authorization.Type, credentials);
        }
        else if (request.RequestUri is { UserInfo.Length: > 0 } url)
        {
            // As Go's client does with http://user:password@host/; .NET's leaves it out.
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
        }
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellation) => (await File.ReadAllTextAsync(file, cancellation)).Trim();

    private static bool UsesFiles(TlsConfig tls) =>
        tls.Ca.Length + tls.CaFile.Length + tls.Cert.Length + tls.CertFile.Length + tls.KeyFile.Length > 0 || tls.Key is not null;
}
