using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Scrape;

/// <summary>The HTTP side of one job: one connection pool, one set of request headers. Thread safe.</summary>
internal sealed class ScrapeClient : IDisposable
{
    // Bound where body_size_limit sets none: an endless answer must not take the process along. Far above any exposition known.
    private const long MaxBodyBytes = 256L << 20;
    private const int FirstBytes = 16 << 10;
    private const int MaxRedirects = 10;

    private readonly ScrapeConfig _config;
    private readonly HttpMessageInvoker _invoker;
    private readonly string _accept;
    private readonly long _maxBytes;

    public ScrapeClient(ScrapeConfig config, in ScrapeFeatures features = default)
    {
        _config = config;
        _accept = ScrapeProtocols.Accept(config, features);
        _maxBytes = config.BodySizeLimit.Bytes > 0 ? config.BodySizeLimit.Bytes : MaxBodyBytes;
        NotBuilt = FindNotBuilt(config.Http);
        _invoker = new HttpMessageInvoker(CreateHandler(config), disposeHandler: true);
    }

    /// <summary>Names the configured key that has no effect yet and without which no request must be sent; null when there is none.</summary>
    public string? NotBuilt { get; }

    /// <summary>Fetches one answer. The caller disposes it.</summary>
    /// <exception cref="ScrapeException">Anything that went wrong, in words for a person.</exception>
    public async Task<ScrapeBody> FetchAsync(Uri url, TimeSpan timeout, int expectedBytes, CancellationToken cancellation)
    {
        if (NotBuilt is not null) throw new ScrapeException($"{NotBuilt} is not built yet");
        try
        {
            using var request = await CreateRequestAsync(url, timeout, cancellation).ConfigureAwait(false);
            using var response = await _invoker.SendAsync(request, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new ScrapeException(string.Create(CultureInfo.InvariantCulture, $"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}"));
            string? contentType = response.Content.Headers.TryGetValues("Content-Type", out var values) ? values.FirstOrDefault() : null;
            var format = ScrapeProtocols.FormatOf(contentType, _config.FallbackScrapeProtocol);
            return await ReadAsync(response.Content, format, expectedBytes, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or SocketException)
        {
            throw new ScrapeException(Describe(error), ScrapeFailure.Other, error);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(ScrapeConfig config)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = config.Http.FollowRedirects && config.Http.HttpHeaders.Count == 0,
            MaxAutomaticRedirections = MaxRedirects,
            AutomaticDecompression = DecompressionMethods.GZip,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        };
#pragma warning disable CA5359 // The user asked for it by name: insecure_skip_verify.
        if (config.Http.TlsConfig.InsecureSkipVerify)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        if (config.Http.TlsConfig.ServerName.Length > 0) handler.SslOptions.TargetHost = config.Http.TlsConfig.ServerName;
        return handler;
    }

    private async Task<HttpRequestMessage> CreateRequestAsync(Uri url, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (_config.Http.EnableHttp2 && url.Scheme == "https") request.Version = HttpVersion.Version20;
        request.Headers.TryAddWithoutValidation("Accept", _accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", _config.EnableCompression ? "gzip" : "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Authorization = await AuthorizationAsync(_config.Http, cancellation).ConfigureAwait(false);
        foreach (var (name, header) in _config.Http.HttpHeaders)
        {
            foreach (string value in header.Values) request.Headers.TryAddWithoutValidation(name, value);
            foreach (var secret in header.Secrets) request.Headers.TryAddWithoutValidation(name, secret.Reveal());
            foreach (string path in header.Files) request.Headers.TryAddWithoutValidation(name, await SecretFileAsync(path, cancellation).ConfigureAwait(false));
        }
        return request;
    }

    // Files are read at each request, so that a rotated password needs no reload.
    private static async Task<AuthenticationHeaderValue?> AuthorizationAsync(HttpClientConfig http, CancellationToken cancellation)
    {
        if (http.BasicAuth is { } basic)
        {
            string user = basic.UsernameFile.Length > 0 ? await SecretFileAsync(basic.UsernameFile, cancellation).ConfigureAwait(false) : basic.Username;
            string password = basic.PasswordFile.Length > 0 ? await SecretFileAsync(basic.PasswordFile, cancellation).ConfigureAwait(false) : basic.Password?.Reveal() ?? "";
            return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }
        if (http.Authorization is { } authorization)
        {
            bool inFile = authorization.CredentialsFile.Length > 0;
            string text = inFile ? await SecretFileAsync(authorization.CredentialsFile, cancellation).ConfigureAwait(false) : authorization.Credentials?.Reveal() ?? "";
            return new AuthenticationHeaderValue(authorization.Type, text);
        }
        if (http.BearerTokenFile.Length > 0) return new AuthenticationHeaderValue("Bearer", await SecretFileAsync(http.BearerTokenFile, cancellation).ConfigureAwait(false));
        return http.BearerToken is { IsEmpty: false } token ? new AuthenticationHeaderValue("Bearer", token.Reveal()) : null;
    }

    private static async Task<string> SecretFileAsync(string path, CancellationToken cancellation) =>
        (await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false)).Trim();

    private async Task<ScrapeBody> ReadAsync(HttpContent content, ExpositionFormat format, int expectedBytes, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(expectedBytes + 1, FirstBytes), _maxBytes));
        int length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length) buffer = Grow(buffer, length);
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                if (read == 0) return new ScrapeBody(buffer, length, format);
                length += read;
                if (length >= _maxBytes) throw new ScrapeException("body size limit exceeded", ScrapeFailure.BodySizeLimit);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    // On failure the old buffer is still the caller's.
    private byte[] Grow(byte[] buffer, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length * 2L, Math.Max(_maxBytes, length + 1L)));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static string Describe(Exception error)
    {
        var inner = error;
        while (inner.InnerException is not null) inner = inner.InnerException;
        return ReferenceEquals(inner, error) || error.Message.Contains(inner.Message, StringComparison.Ordinal) ? error.Message : $"{error.Message} ({inner.Message})";
    }

    private static string? FindNotBuilt(HttpClientConfig http)
    {
        var tls = http.TlsConfig;
        if (http.OAuth2 is not null) return "oauth2";
        if (http.Proxy.ProxyUrl.Length > 0 || http.Proxy.ProxyFromEnvironment) return "a proxy";
        if (tls.Ca.Length > 0 || tls.CaFile.Length > 0) return "tls_config.ca";
        if (tls.Cert.Length > 0 || tls.CertFile.Length > 0) return "tls_config.cert";
        if (tls.MinVersion is not null || tls.MaxVersion is not null) return "tls_config.min_version and max_version";
        return null;
    }
}
