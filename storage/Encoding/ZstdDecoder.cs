namespace Streamline.Storage.Encoding;

/// <summary>Unpacks zstd frames; keeps the library's working memory between calls. Not thread safe.</summary>
internal sealed unsafe class ZstdDecoder(Zstd library) : IDisposable
{
    // A frame that hides its length is tried with room for this much more than its bytes, then with twice as much, up to the caller's bound.
    private const int FirstExpansion = 8;

    private nint _context;

    ~ZstdDecoder() => Free();

    /// <summary>
    /// Decodes into a buffer that grows as far as needed. A declared length beyond <paramref name="maxBytes"/> is refused before anything is allocated.
    /// </summary>
    public bool TryDecode(ReadOnlySpan<byte> block, int maxBytes, ref byte[] buffer, out int written)
    {
        written = 0;
        long declared = library.DeclaredLength(block);
        if (declared == Zstd.Broken || declared > maxBytes) return false;
        long room = declared >= 0 ? declared : Math.Min(maxBytes, (long)block.Length * FirstExpansion);
        while (true)
        {
            if (buffer.Length < room) buffer = new byte[room];
            if (TryDecode(block, buffer, out written)) return written <= maxBytes;
            // A declared length that does not suffice is damage; a hidden one may be larger than the room tried.
            if (declared >= 0 || room >= maxBytes) return false;
            room = Math.Min(maxBytes, Math.Max(room, buffer.Length) * 2);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private bool TryDecode(ReadOnlySpan<byte> block, Span<byte> target, out int written)
    {
        if (_context == 0) _context = library.CreateDecoder();
        if (_context == 0) throw new IOException("zstd: no memory for a decoder");
        fixed (byte* from = block, to = target)
        {
            nuint result = library.Decompress(_context, to, (nuint)target.Length, from, (nuint)block.Length);
            bool failed = library.Failed(result);
            written = failed ? 0 : (int)result;
            return !failed;
        }
    }

    private void Free()
    {
        if (_context != 0) library.FreeDecoder(_context);
        _context = 0;
    }
}
