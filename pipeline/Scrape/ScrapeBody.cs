using System.Buffers;
using Streamline.Pipeline.Exposition;

namespace Streamline.Pipeline.Scrape;

/// <summary>A target's answer, whole, in a pooled buffer. Dispose it once; its spans are dead then.</summary>
internal sealed class ScrapeBody(byte[] buffer, int length, ExpositionFormat format) : IDisposable
{
    private byte[]? _buffer = buffer;

    public ExpositionFormat Format { get; } = format;

    public int Length { get; } = length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
