using System.Globalization;
using System.Net;
using System.Text.Json;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Discovery;

/// <summary>Targets that a server lists (http_sd, reference D6): the list of file_sd as <c>application/json</c>, asked for each refresh interval.</summary>
internal sealed class HttpLister(HttpSdConfig config, DiscoveryContext context) : ITargetLister
{
    public const string UrlLabel = "__meta_url";

    // A list of targets is read whole; nobody lists them in more.
    private const long MaxBytes = 64 << 20;

    private readonly HttpBlockClient _client = new(config.Http, context.Time);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        var failures = context.Metrics.FailuresOf("http");
        try
        {
            return await AskAsync(cancellation).ConfigureAwait(false);
        }
        catch when (!cancellation.IsCancellationRequested)
        {
            failures.Add(1);
            throw;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<List<TargetGroup>> AskAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, config.Url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Prometheus/3.14.0");
        request.Headers.TryAddWithoutValidation("X-Prometheus-Refresh-Interval-Seconds", config.RefreshInterval.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // As Prometheus: a server that answers later than the next question would be asked has failed.
        patience.CancelAfter(config.RefreshInterval);
        using var response = await _client.SendAsync(request, patience.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{config.Url}: server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}"));
        string? type = response.Content.Headers.ContentType?.MediaType;
        if (!string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase)) throw new FormatException($"{config.Url}: content type \"{type}\" is not application/json");
        return Read(await ReadAsync(response.Content, patience.Token).ConfigureAwait(false));
    }

    private async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > MaxBytes) throw new FormatException($"{config.Url}: the list is larger than 64 MiB");
        await content.LoadIntoBufferAsync(MaxBytes, cancellation).ConfigureAwait(false);
        return await content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
    }

    private List<TargetGroup> Read(string text)
    {
        try
        {
            return TargetFile.ReadJson(config.Url, text, UrlLabel);
        }
        catch (JsonException error)
        {
            throw new FormatException($"{config.Url}: {error.Message}", error);
        }
    }
}
