namespace Streamline.Storage.Encoding;

/// <summary>Packs bytes into one zstd frame that declares its length; keeps the library's working memory between calls. Not thread safe.</summary>
internal sealed unsafe class ZstdEncoder(Zstd library) : IDisposable
{
    // The library's own default, and about what Prometheus's log uses.
    private const int Level = 3;

    private nint _context;

    ~ZstdEncoder() => Free();

    /// <summary>Room that always suffices.</summary>
    public int MaxEncodedBytes(int bytes) => library.MaxEncodedBytes(bytes);

    /// <summary>Bytes written to the target, 0 when they do not fit.</summary>
    public int Encode(ReadOnlySpan<byte> data, Span<byte> target)
    {
        if (_context == 0) _context = library.CreateEncoder();
        if (_context == 0) throw new IOException("zstd: no memory for an encoder");
        fixed (byte* from = data, to = target)
        {
            nuint result = library.Compress(_context, to, (nuint)target.Length, from, (nuint)data.Length, Level);
            return library.Failed(result) ? 0 : (int)result;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context != 0) library.FreeEncoder(_context);
        _context = 0;
    }
}
