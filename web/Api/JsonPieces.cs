using System.Text.Json;

namespace Streamline.Web.Api;

/// <summary>
/// An answer that is sent while it is written: whoever writes it asks now and then whether enough has gathered for a piece. A client that reads slowly holds
/// the writer up, not the answer in memory.
/// </summary>
internal sealed class JsonPieces(HttpContext context, JsonWriterOptions options) : IDisposable
{
    // Enough that a send is cheap beside it; Kestrel holds up a writer that is this far ahead of the socket too.
    private const int PieceBytes = 64 << 10;

    private long _sent;

    public Utf8JsonWriter Json { get; } = new(context.Response.BodyWriter, options);

    /// <summary>Sends what has gathered, if that is worth it.</summary>
    /// <exception cref="OperationCanceledException">The client has gone away.</exception>
    public ValueTask SendAsync() => Json.BytesCommitted + Json.BytesPending - _sent < PieceBytes ? default : SendNowAsync();

    /// <summary>Sends the rest.</summary>
    public async ValueTask SendNowAsync()
    {
        await Json.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        _sent = Json.BytesCommitted;
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
    }

    public void Dispose() => Json.Dispose();
}
