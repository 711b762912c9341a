using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Streamline.Pipeline;
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
        IngestAnswer answer;
        if (encoding is not ("" or "identity" or "gzip"))
        {
            answer = new IngestAnswer(415, $"content encoding \"{encoding}\" is neither gzip nor identity");
        }
        else
        {
            try
            {
                using var body = await SizedBody.ReadUnpackedAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
                answer = body is null
                    ? new IngestAnswer(413, $"the request is larger than {MaxBodyBytes} bytes once unpacked")
                    : await state.Host.WriteOtlpAsync(body.Bytes, context.Request.ContentType ?? "").ConfigureAwait(false);
            }
            catch (InvalidDataException error)
            {
                answer = new IngestAnswer(400, "gzip: " + error.Message);
            }
        }
        await AnswerAsync(context, answer).ConfigureAwait(false);
    }

    private async Task PushAsync(HttpContext context)
    {
        using var body = await SizedBody.ReadAsync(context.Request, MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        bool isCompressed = context.Request.Headers.ContentEncoding.Count > 0;
        var answer = body is null ? new IngestAnswer(413, $"the request is larger than {MaxBodyBytes} bytes")
            : isCompressed ? new IngestAnswer(415, "compressed pushes are not accepted yet; send the body as it is")
            : await state.Host.PushAsync(RawPath(context), body.Bytes, context.Request.ContentType ?? "", HttpMethods.IsPut(context.Request.Method)).ConfigureAwait(false);
        await AnswerAsync(context, answer).ConfigureAwait(false);
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
