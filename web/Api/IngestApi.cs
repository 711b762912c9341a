using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Streamline.Pipeline;
using Streamline.Storage;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary>The receivers: remote write on <c>/api/v1/write</c>, OTLP on <c>/api/v1/otlp/v1/metrics</c>, pushes on <c>/metrics/job/...</c>; and our own metrics on <c>/metrics</c>.</summary>
internal sealed class IngestApi(ServerState state)
{
    /// <summary>Largest body taken from the wire (Prometheus: 32 MB once decoded).</summary>
    public const int MaxBodyBytes = 32 << 20;

    public void Map(IEndpointRouteBuilder app, ApiRoutes routes)
    {
        routes.Post("write", WriteAsync);
        routes.Post("otlp/v1/metrics", WriteOtlpAsync);
        app.MapMethods("/metrics", [HttpMethods.Get, HttpMethods.Head], MetricsAsync);
        app.MapMethods("/metrics/{**group}", [HttpMethods.Put, HttpMethods.Post], PushAsync);
        // Else the page of the user interface would answer.
        app.MapMethods("/metrics/{**group}", [HttpMethods.Get, HttpMethods.Head], context => NotAllowedAsync(context, "PUT, POST, DELETE"));
        app.MapMethods("/metrics/{**group}", [HttpMethods.Delete], async context =>
            await AnswerAsync(context, await state.Host.DeletePushAsync(RawPath(context)).ConfigureAwait(false)).ConfigureAwait(false));
    }

    private async Task WriteAsync(HttpContext context)
    {
        using var body = await SizedBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        var answer = body is null
            ? new IngestAnswer(413, $"the request is larger than {MaxBodyBytes} bytes")
            : await state.Host.WriteAsync(body.Bytes, context.Request.ContentType ?? "", context.Request.Headers.ContentEncoding.ToString()).ConfigureAwait(false);
        await AnswerAsync(context, answer).ConfigureAwait(false);
    }

    private async Task WriteOtlpAsync(HttpContext context)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        var answer = encoding is "" or "identity" or "gzip"
            ? await UnpackedAsync(context, body => state.Host.WriteOtlpAsync(body, context.Request.ContentType ?? "")).ConfigureAwait(false)
            : new IngestAnswer(415, $"content encoding \"{encoding}\" is neither gzip nor identity");
        await AnswerAsync(context, answer).ConfigureAwait(false);
    }

    private async Task PushAsync(HttpContext context)
    {
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        bool isSnappy = encoding.Equals("snappy", StringComparison.OrdinalIgnoreCase);
        string ttl = context.Request.Headers["Streamline-Ttl"].ToString();
        long ttlMs = 0;
        IngestAnswer answer;
        if (ttl.Length > 0 && !DurationText.TryParse(ttl, out ttlMs))
        {
            answer = new IngestAnswer(400, $"Streamline-Ttl: \"{ttl}\" is not a duration such as 30m");
        }
        else
        {
            answer = await UnpackedAsync(context, body => state.Host.PushAsync(new PushRequest(RawPath(context), body, context.Request.ContentType ?? "", HttpMethods.IsPut(context.Request.Method))
            {
                ContentEncoding = isSnappy ? "snappy" : "",
                Ttl = ttl.Length > 0 ? TimeSpan.FromMilliseconds(ttlMs) : null,
                PushId = context.Request.Headers["Idempotency-Key"].ToString(),
            })).ConfigureAwait(false);
        }
        // As the Pushgateway: what is none of its encodings is read as it came. A header that says a character set is common.
        bool isKnown = isSnappy || encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) || encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!isKnown && answer.StatusCode == 400) answer = answer with { Message = $"{answer.Message} (content encoding \"{encoding}\" is none of gzip, snappy and identity: the body was read as it came)" };
        await AnswerAsync(context, answer).ConfigureAwait(false);
    }

    private static async Task<IngestAnswer> UnpackedAsync(HttpContext context, Func<ReadOnlyMemory<byte>, Task<IngestAnswer>> take)
    {
        try
        {
            using var body = await SizedBody.ReadUnpackedAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
            return body is null ? new IngestAnswer(413, $"the request is larger than {MaxBodyBytes} bytes once unpacked") : await take(body.Bytes).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            return new IngestAnswer(400, "gzip: " + error.Message);
        }
    }

    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return AnswerAsync(context, new IngestAnswer(405, "Method Not Allowed"));
    }

    private Task MetricsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        state.Host.WriteMetrics(context.Response.BodyWriter);
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static Task AnswerAsync(HttpContext context, IngestAnswer answer)
    {
        context.Response.StatusCode = answer.StatusCode;
        if (answer.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (answer.Written is { } written) AddWritten(context.Response.Headers, written);
        if (answer.Message.Length == 0) return Task.CompletedTask;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(answer.Message + "\n", context.RequestAborted);
    }

    // Remote write 2.0: senders compare these with what they sent.
    private static void AddWritten(IHeaderDictionary headers, WrittenCounts written)
    {
        headers["X-Prometheus-Remote-Write-Samples-Written"] = written.Samples.ToString(CultureInfo.InvariantCulture);
        headers["X-Prometheus-Remote-Write-Histograms-Written"] = written.Histograms.ToString(CultureInfo.InvariantCulture);
        headers["X-Prometheus-Remote-Write-Exemplars-Written"] = written.Exemplars.ToString(CultureInfo.InvariantCulture);
    }

    // As it came: an escaped slash in a group's value must not be taken for a path separator.
    private static string RawPath(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
