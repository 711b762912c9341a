using System.Buffers;
using System.IO.Compression;

namespace Streamline.Web.Hosting;

/// <summary>A request's body in a pooled buffer, never larger than its bound; dispose to give the buffer back.</summary>
internal sealed class SizedBody : IDisposable
{
    // Enough for a usual remote write request, so that most bodies are read without growing.
    private const int FirstBytes = 64 << 10;

    private byte[] _buffer = [];

    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Reads the whole body; null when it is larger than the bound.</summary>
    public static async Task<SizedBody?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation) =>
        request.ContentLength > maxBytes ? null : await ReadAsync(request.Body, (int)(request.ContentLength + 1 ?? FirstBytes), maxBytes, cancellation).ConfigureAwait(false);

    /// <summary>Reads the whole body, unpacked when its encoding is gzip; null when what it unpacks to is larger than the bound, which ends the reading there.</summary>
    /// <exception cref="InvalidDataException">The body is not gzip.</exception>
    public static async Task<SizedBody?> ReadUnpackedAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (!request.Headers.ContentEncoding.ToString().Equals("gzip", StringComparison.OrdinalIgnoreCase)) return await ReadAsync(request, maxBytes, cancellation).ConfigureAwait(false);
        // The framework takes it for gzip of nothing; a PUT of nothing would empty a group.
        var first = await request.BodyReader.ReadAsync(cancellation).ConfigureAwait(false);
        if (first.Buffer.IsEmpty) throw new InvalidDataException("the body is empty");
        request.BodyReader.AdvanceTo(first.Buffer.Start);
        var unpacked = new GZipStream(request.BodyReader.AsStream(leaveOpen: true), CompressionMode.Decompress, leaveOpen: true);
        await using (unpacked.ConfigureAwait(false))
        {
            return await ReadAsync(unpacked, FirstBytes, maxBytes, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<SizedBody?> ReadAsync(Stream stream, int firstBytes, int maxBytes, CancellationToken cancellation)
    {
        var body = new SizedBody { _buffer = ArrayPool<byte>.Shared.Rent(firstBytes) };
        int used = 0;
        while (true)
        {
            int read = await stream.ReadAsync(body._buffer.AsMemory(used), cancellation).ConfigureAwait(false);
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
