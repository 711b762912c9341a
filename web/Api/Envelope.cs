using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streamline.Web.Api;

/// <summary>Prometheus's response envelope: <c>status</c>, <c>data</c>, <c>errorType</c>, <c>error</c>, <c>warnings</c>, <c>infos</c>.</summary>
internal static class Envelope
{
    /// <summary>At most this many annotations of a kind are sent; one more line says how many were left out (reference Q40).</summary>
    private const int MaxAnnotations = 10;

    // The answers are application/json, never put into a page: quotes and angle brackets need no HTML escapes. A plan has two levels for each of a query.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 4096 };

    public static Task SuccessAsync(HttpContext context, Action<Utf8JsonWriter> data, IReadOnlyList<string>? warnings = null, IReadOnlyList<string>? infos = null)
    {
        context.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("status"u8, "success"u8);
        json.WritePropertyName("data"u8);
        data(json);
        Annotations(json, "warnings"u8, warnings);
        Annotations(json, "infos"u8, infos);
        json.WriteEndObject();
        json.Flush();
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>The same for an answer that may be large: it goes out in pieces.</summary>
    /// <exception cref="OperationCanceledException">The client has gone away.</exception>
    public static async Task SuccessInPiecesAsync(HttpContext context, IAnswerInPieces data, IReadOnlyList<string> warnings, IReadOnlyList<string> infos)
    {
        context.Response.ContentType = "application/json";
        PipeWriter body = context.Response.BodyWriter;
        using var piece = new AnswerBuffer();
        using var json = new Utf8JsonWriter(piece, Options);
        json.WriteStartObject();
        json.WriteString("status"u8, "success"u8);
        json.WritePropertyName("data"u8);
        while (data.WriteSome(json))
        {
            json.Flush();
            await body.WriteAsync(piece.Written, context.RequestAborted).ConfigureAwait(false);
            piece.Clear();
            context.RequestAborted.ThrowIfCancellationRequested();
        }
        Annotations(json, "warnings"u8, warnings);
        Annotations(json, "infos"u8, infos);
        json.WriteEndObject();
        json.Flush();
        await body.WriteAsync(piece.Written, context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
    }

    public static Task ErrorAsync(HttpContext context, ApiErrorType type, string message)
    {
        if (context.Response.HasStarted)
        {
            // A part of the answer is out: only a broken connection tells the client that the rest is missing.
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Clear();
        context.Response.StatusCode = StatusOf(type);
        context.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, Options);
        json.WriteStartObject();
        json.WriteString("status"u8, "error"u8);
        json.WriteString("errorType"u8, NameOf(type));
        json.WriteString("error"u8, message);
        json.WriteEndObject();
        json.Flush();
        return context.Response.BodyWriter.FlushAsync(CancellationToken.None).AsTask();
    }

    private static void Annotations(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        if (texts is null || texts.Count == 0) return;
        json.WriteStartArray(name);
        for (int i = 0; i < texts.Count && i < MaxAnnotations; i++) json.WriteStringValue(texts[i]);
        if (texts.Count > MaxAnnotations) json.WriteStringValue($"{texts.Count - MaxAnnotations} more annotations omitted");
        json.WriteEndArray();
    }

    private static int StatusOf(ApiErrorType type) => type switch
    {
        ApiErrorType.BadData => StatusCodes.Status400BadRequest,
        ApiErrorType.Execution => StatusCodes.Status422UnprocessableEntity,
        ApiErrorType.Canceled => StatusCodes.Status499ClientClosedRequest,
        ApiErrorType.Timeout => StatusCodes.Status503ServiceUnavailable,
        ApiErrorType.Internal => StatusCodes.Status500InternalServerError,
        ApiErrorType.NotFound => StatusCodes.Status404NotFound,
        ApiErrorType.Unavailable => StatusCodes.Status500InternalServerError,
        ApiErrorType.NotAcceptable => StatusCodes.Status406NotAcceptable,
        ApiErrorType.TooManyRequests => StatusCodes.Status429TooManyRequests,
    };

    private static string NameOf(ApiErrorType type) => type switch
    {
        ApiErrorType.BadData => "bad_data",
        ApiErrorType.Execution => "execution",
        ApiErrorType.Canceled => "canceled",
        ApiErrorType.Timeout => "timeout",
        ApiErrorType.Internal => "internal",
        ApiErrorType.NotFound => "not_found",
        ApiErrorType.Unavailable => "unavailable",
        ApiErrorType.NotAcceptable => "not_acceptable",
        ApiErrorType.TooManyRequests => "too_many_requests",
    };
}
