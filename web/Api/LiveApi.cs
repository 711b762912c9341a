using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary>
/// <c>GET /api/v1/live?match[]=SELECTOR&amp;node=NODE&amp;limit=N</c>: samples as they pass a node of the graph, as server-sent events. Each event is a window of a
/// fifth of a second: a random choice of the samples that matched, and counts since the tail began. Costs nothing while nobody asks.
/// </summary>
internal sealed class LiveApi(ServerState state, IHostApplicationLifetime lifetime)
{
    private const int DefaultPerSecond = 50;

    // What a person or a browser can take in; the bound keeps a tail from becoming an export.
    private const int MostPerSecond = 1000;

    public void Map(ApiRoutes routes)
    {
        routes.Get("live", LiveAsync);
        routes.Get("live/nodes", (context, _) => Envelope.SuccessAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (string node in state.Host.LiveNodes()) json.WriteStringValue(node);
            json.WriteEndArray();
        }));
    }

    private async Task LiveAsync(HttpContext context, RequestParameters parameters)
    {
        var request = new LiveRequest(parameters.Selectors(), parameters.Get("node") is { Length: > 0 } node ? node : "append", PerSecond(parameters));
        if (state.Host.LiveProblem(request) is { } problem) throw ApiException.BadParameter("node", problem);
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        // A tail has no end of its own: it must not hold up the server's.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await foreach (var window in state.Host.LiveAsync(request, end.Token).ConfigureAwait(false)) await WriteAsync(context, window).ConfigureAwait(false);
            // The tail ends by itself only when there was no room for another.
            await context.Response.WriteAsync("event: refused\ndata: as many live tails are open as may be\n\n", context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader went away: the usual end.
        }
    }

    private static async Task WriteAsync(HttpContext context, LiveWindow window)
    {
        var body = context.Response.BodyWriter;
        body.Write("data: "u8);
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json, window);
        body.Write("\n\n"u8);
        await body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, LiveWindow window)
    {
        json.WriteStartObject();
        json.WriteNumber("seen"u8, window.Seen);
        json.WriteNumber("matched"u8, window.Matched);
        json.WriteNumber("shown"u8, window.Shown);
        json.WriteNumber("missedBatches"u8, window.MissedBatches);
        json.WriteStartArray("samples"u8);
        foreach (var sample in window.Samples)
        {
            json.WriteStartObject();
            json.WriteString("source"u8, sample.Source);
            json.WriteStartObject("metric"u8);
            foreach (var (name, value) in sample.Labels.ToPairs()) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteNumber("timestamp"u8, sample.TimestampMs / 1000.0);
            json.WriteString("value"u8, sample.Histogram is { } histogram ? Text(histogram) : Text(sample.Value));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(double value) => StaleMarker.Is(value) ? "stale" : FloatText.Format(value);

    private static string Text(NativeHistogram histogram) =>
        histogram.IsStale ? "stale" : string.Create(CultureInfo.InvariantCulture, $"histogram of {histogram.Count} observations, sum {histogram.Sum}");

    private static int PerSecond(RequestParameters parameters)
    {
        if (parameters.Get("limit") is not { Length: > 0 } text) return DefaultPerSecond;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is > 0 and <= MostPerSecond
            ? limit : throw ApiException.BadParameter("limit", $"{text} is not a number from 1 to {MostPerSecond}");
    }
}
