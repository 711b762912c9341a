using System.Buffers;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>The body of an answer in a rented buffer that grows to a bound.</summary>
internal sealed class PooledBody(int maxBytes) : IDisposable
{
    private const int FirstBytes = 64 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBytes, maxBytes));
    private int _length;

    /// <summary>What was read; until the buffer is disposed.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Reads to the end; false when there is more than the bound.</summary>
    public async Task<bool> TryReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > maxBytes) return false;
        var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        while (true)
        {
            if (_length == _buffer.Length && !TryGrow()) return false;
            int read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellation).ConfigureAwait(false);
            if (read == 0) return true;
            _length += read;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool TryGrow()
    {
        if (_length >= maxBytes) return false;
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(maxBytes, _length * 2L));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
