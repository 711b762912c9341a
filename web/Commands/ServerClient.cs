using System.Text.Json;

namespace Streamline.Web.Commands;

/// <summary>What commands ask of a running server. Whatever goes wrong is a <see cref="UsageException"/> with one line.</summary>
internal static class ServerClient
{
    /// <summary>An answer of <c>/api/v1</c> that says success. Empty parameters are left out.</summary>
    public static async Task<JsonDocument> AskAsync(string server, string endpoint, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        // Values of a label are asked for by GET alone, and a query outgrows an address.
        bool isGet = endpoint.StartsWith("label/", StringComparison.Ordinal);
        var given = parameters.Where(p => p.Value.Length > 0).Select(p => KeyValuePair.Create(p.Name, p.Value)).ToList();
        string query = isGet ? "?" + string.Join('&', given.Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}")) : "";
        var url = Address(server, $"/api/v1/{endpoint}{query}");
        using var request = new HttpRequestMessage(isGet ? HttpMethod.Get : HttpMethod.Post, url) { Content = isGet ? null : new FormUrlEncodedContent(given) };
        using var reply = await SendAsync(request, cancellation).ConfigureAwait(false);
        if (reply.Content.Headers.ContentType?.MediaType != "application/json") throw new UsageException($"{url}: status {(int)reply.StatusCode}, and no answer of Prometheus's API");
        return await ReadAsync(url, reply, cancellation).ConfigureAwait(false);
    }

    /// <summary>What <c>/-/healthy</c> or <c>/-/ready</c> says.</summary>
    public static async Task<string> ProbeAsync(string server, string state, CancellationToken cancellation)
    {
        var url = Address(server, "/-/" + state);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var reply = await SendAsync(request, cancellation).ConfigureAwait(false);
        if (!reply.IsSuccessStatusCode) throw new UsageException($"{url}: status {(int)reply.StatusCode}: the server is not {state}");
        if (reply.Content.Headers.ContentType?.MediaType == "text/html") throw new UsageException($"{url}: a page answers there, is the address right?");
        return (await reply.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).TrimEnd();
    }

    private static Uri Address(string server, string path) =>
        Uri.TryCreate(server.TrimEnd('/') + path, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"\"{server}\" is not an address such as http://localhost:9090");

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        // The server ends a query at its own limit, which may be longer than the client's usual patience.
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            return await http.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new UsageException($"{request.RequestUri}: stopped before the answer came");
        }
        catch (HttpRequestException error)
        {
            throw new UsageException($"{request.RequestUri}: {error.Message}");
        }
    }

    private static async Task<JsonDocument> ReadAsync(Uri url, HttpResponseMessage reply, CancellationToken cancellation)
    {
        try
        {
            var answer = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
            if (answer.RootElement.GetProperty("status").GetString() == "success" && answer.RootElement.TryGetProperty("data", out _)) return answer;
            using (answer) throw new UsageException(answer.RootElement.GetProperty("error").GetString() ?? "the request failed");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UsageException($"{url}: {error.Message}");
        }
    }
}
