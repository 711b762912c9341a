using System.Net;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>
/// An HTTP client after a client block: authentication, extra headers, TLS, proxy, redirects. What the block reads from files is read at each request, so that a rotated
/// secret or certificate needs no reload. Thread safe.
/// </summary>
internal sealed class HttpBlockClient : IDisposable
{
    // As Go's client.
    private const int MaxRedirects = 10;

    private readonly HttpClientConfig _config;
    private readonly HttpTransport _transport;
    private readonly RequestCredentials _credentials;

    /// <summary>
    /// A client that dials <paramref name="unixSocket"/>, when there is one, whatever the address of a request. Without <paramref name="decompress"/> answers stay as they come.
    /// </summary>
    public HttpBlockClient(HttpClientConfig config, TimeProvider time, bool decompress = true, string? unixSocket = null)
    {
        _config = config;
        _transport = new HttpTransport(config.TlsConfig, config.Proxy, decompress, unixSocket);
        _credentials = new RequestCredentials(config, time);
    }

    /// <summary>Sends a request and follows its redirects. Credentials and extra headers go to the first host and what is below it only, and to nobody once a redirect has left it.</summary>
    /// <exception cref="HttpRequestException">The request failed.</exception>
    /// <exception cref="IOException">A file of the block cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file of the block does not hold what it should.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        Prepare(request);
        await _credentials.AddToAsync(request, cancellation).ConfigureAwait(false);
        var response = await _transport.Current().SendAsync(request, cancellation).ConfigureAwait(false);
        return _config.FollowRedirects && IsRedirect(response.StatusCode) && (CanBeSentAgain(request.Content) || !KeepsMethod(response.StatusCode))
            ? await FollowAsync(request, response, cancellation).ConfigureAwait(false)
            : response;
    }

    public void Dispose()
    {
        _transport.Dispose();
        _credentials.Dispose();
    }

    private void Prepare(HttpRequestMessage request)
    {
        if (!_config.EnableHttp2 || request.RequestUri?.Scheme != "https") return;
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage first, HttpResponseMessage response, CancellationToken cancellation)
    {
        var from = first.RequestUri!;
        bool isAtHome = true;
        var (method, content) = (first.Method, first.Content);
        for (int hops = 0; hops < MaxRedirects; hops++)
        {
            if (response.Headers.Location is not { } location) return response;
            var to = new Uri(from, location);
            if (to.Scheme is not ("http" or "https")) return response;
            if (!KeepsMethod(response.StatusCode)) (method, content) = (method == HttpMethod.Head ? method : HttpMethod.Get, null);
            response.Dispose();
            var next = Again(first, to, method, content);
            isAtHome &= IsSameOrBelow(to.IdnHost, first.RequestUri!.IdnHost);
            try
            {
                if (isAtHome) await _credentials.AddToAsync(next, cancellation).ConfigureAwait(false);
                response = await _transport.Current().SendAsync(next, cancellation).ConfigureAwait(false);
            }
            finally
            {
                // The content is the caller's.
                next.Content = null;
                next.Dispose();
            }
            if (!IsRedirect(response.StatusCode)) return response;
            from = to;
        }
        response.Dispose();
        throw new HttpRequestException($"stopped after {MaxRedirects} redirects");
    }

    // The caller's own headers go along; what the block adds is added anew, or not.
    private HttpRequestMessage Again(HttpRequestMessage first, Uri to, HttpMethod method, HttpContent? content)
    {
        var next = new HttpRequestMessage(method, to) { Content = content };
        foreach (var (name, values) in first.Headers)
        {
            if (!_credentials.Owns(name)) next.Headers.TryAddWithoutValidation(name, values);
        }
        Prepare(next);
        return next;
    }

    // As Go's client: the port may change, and a name below the first one is of the same house. An address is never below a name.
    private static bool IsSameOrBelow(string host, string home) =>
        host.Equals(home, StringComparison.OrdinalIgnoreCase) || (!host.Contains(':') && host.EndsWith("." + home, StringComparison.OrdinalIgnoreCase));

    private static bool CanBeSentAgain(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent;

    // All others make a GET without content of it.
    private static bool KeepsMethod(HttpStatusCode code) => code is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool IsRedirect(HttpStatusCode code) => code is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
