using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Discovery;

/// <summary>Asks an API: bounded in time and size, anything but 200 is a failure. Thread safe.</summary>
internal sealed class ApiClient(HttpClientConfig http, TimeProvider time, string? unixSocket = null) : IDisposable
{
    /// <summary>Pages that one list may have: an API that never says that it is at the end must not keep us asking.</summary>
    public const int MaxPages = 1000;

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
    public Task<(JsonDocument Body, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        if (request.Headers.Accept.Count == 0) request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return AskAsync(request, patience, async (body, bound) => await JsonDocument.ParseAsync(body, default, bound).ConfigureAwait(false), cancellation);
    }

    /// <summary>One question to an API that answers in XML; gives the root. Document types are refused.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<XElement> GetXmlAsync(string url, TimeSpan patience, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return (await AskAsync(request, patience, ReadXmlAsync, cancellation).ConfigureAwait(false)).Body;
    }

    /// <summary>What to throw when <see cref="MaxPages"/> are read and there are more.</summary>
    public static FormatException TooManyPages(string what) => new(string.Create(CultureInfo.InvariantCulture, $"{what}: the list has more than {MaxPages} pages"));

    public void Dispose() => _client.Dispose();

    private async Task<(T Body, HttpResponseHeaders Headers)> AskAsync<T>(HttpRequestMessage request, TimeSpan patience, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        string shown = request.RequestUri!.GetLeftPart(UriPartial.Path);
        // What the socket layer says of it names neither the file nor the fault.
        if (unixSocket is not null && !Path.Exists(unixSocket)) throw new HttpRequestException($"{unixSocket}: there is no such socket");
        try
        {
            using var response = await _client.SendAsync(request, both.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{shown}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}"), null, response.StatusCode);
            if (response.Content.Headers.ContentLength > MaxBytes) throw new FormatException($"{shown}: the answer is larger than 64 MiB");
            await response.Content.LoadIntoBufferAsync(MaxBytes, both.Token).ConfigureAwait(false);
            using var stream = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            return (await read(stream, both.Token).ConfigureAwait(false), response.Headers);
        }
        catch (Exception error) when (error is JsonException or XmlException)
        {
            throw new FormatException($"{shown}: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{shown}: no answer within {patience.TotalSeconds} s"), error);
        }
    }

    private static async Task<XElement> ReadXmlAsync(Stream body, CancellationToken cancellation)
    {
        using var reader = XmlReader.Create(body, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return await XElement.LoadAsync(reader, LoadOptions.None, cancellation).ConfigureAwait(false);
    }
}
