using System.Buffers;

namespace Streamline.Web.Hosting;

/// <summary>A request's body in a pooled buffer, never larger than its bound; dispose to give the buffer back.</summary>
internal sealed class SizedBody : IDisposable
{
    // Enough for a usual remote write request, so that most bodies are read without growing.
    private const int FirstBytes = 64 << 10;

    private byte[] _buffer = [];

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Reads the whole body; null when it is larger than the bound.</summary>
    public static async Task<SizedBody?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes) return null;
        var body = new SizedBody { _buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength + 1 ?? FirstBytes)) };
        int used = 0;
        while (true)
        {
            int read = await request.Body.ReadAsync(body._buffer.AsMemory(used), cancellation).ConfigureAwait(false);
            if (read == 0) break;
            used += read;
            if (used > maxBytes)
            {
                body.Dispose();
                return null;
            }
            if (used == body._buffer.Length) body.Grow();
        }
        body.Bytes = body._buffer.AsMemory(0, used);
        return body;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
