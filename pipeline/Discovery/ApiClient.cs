using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Discovery;

/// <summary>Asks a JSON API: bounded in time and size, anything but 200 is a failure. Thread safe.</summary>
internal sealed class ApiClient(HttpClientConfig http, TimeProvider time, string? unixSocket = null) : IDisposable
{
    // Lists are read whole; the largest clusters list some ten megabytes.
    private const long MaxBytes = 64 << 20;

    private readonly HttpBlockClient _client = new(http, time, unixSocket: unixSocket);

    /// <summary>One question; the caller disposes the answer.</summary>
    /// <exception cref="HttpRequestException">No answer, or one that is not 200.</exception>
    /// <exception cref="FormatException">The answer is no JSON, or too large.</exception>
    public async Task<JsonDocument> GetAsync(string url, TimeSpan patience, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return (await SendAsync(request, patience, cancellation).ConfigureAwait(false)).Body;
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<(JsonDocument Body, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        if (request.Headers.Accept.Count == 0) request.Headers.TryAddWithoutValidation("Accept", "application/json");
        string shown = request.RequestUri!.GetLeftPart(UriPartial.Path);
        try
        {
            using var response = await _client.SendAsync(request, both.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{shown}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}"));
            if (response.Content.Headers.ContentLength > MaxBytes) throw new FormatException($"{shown}: the answer is larger than 64 MiB");
            await response.Content.LoadIntoBufferAsync(MaxBytes, both.Token).ConfigureAwait(false);
            using var stream = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            return (await JsonDocument.ParseAsync(stream, default, both.Token).ConfigureAwait(false), response.Headers);
        }
        catch (JsonException error)
        {
            throw new FormatException($"{shown}: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{shown}: no answer within {patience.TotalSeconds} s"), error);
        }
    }

    public void Dispose() => _client.Dispose();
}
