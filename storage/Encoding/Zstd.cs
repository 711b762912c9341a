using System.Runtime.InteropServices;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Zstandard through the system's libzstd, found at run time: .NET has no codec of its own, and without the library the rest works. One instance stands for
/// the loaded library; <see cref="ZstdDecoder"/> and <see cref="ZstdEncoder"/> hold its working memory.
/// </summary>
internal sealed unsafe class Zstd
{
    /// <summary>The name under which the dynamic linker knows it; Debian's package is libzstd1.</summary>
    public const string Library = "libzstd.so.1";

    /// <summary>What <see cref="DeclaredLength"/> answers when a frame does not tell its length.</summary>
    public const long Unknown = -1;

    /// <summary>What <see cref="DeclaredLength"/> answers when the bytes are no frame.</summary>
    public const long Broken = -2;

    private static readonly Lazy<Zstd?> OnceLoaded = new(() => Load(Library));

    private readonly delegate* unmanaged<byte*, nuint, ulong> _frameContentSize;
    private readonly delegate* unmanaged<nuint, uint> _isError;
    private readonly delegate* unmanaged<nuint, nuint> _compressBound;

    private Zstd(nint library)
    {
        _frameContentSize = (delegate* unmanaged<byte*, nuint, ulong>)NativeLibrary.GetExport(library, "ZSTD_getFrameContentSize");
        _isError = (delegate* unmanaged<nuint, uint>)NativeLibrary.GetExport(library, "ZSTD_isError");
        _compressBound = (delegate* unmanaged<nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressBound");
        CreateDecoder = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createDCtx");
        FreeDecoder = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeDCtx");
        Decompress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "ZSTD_decompressDCtx");
        CreateEncoder = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ZSTD_createCCtx");
        FreeEncoder = (delegate* unmanaged<nint, nuint>)NativeLibrary.GetExport(library, "ZSTD_freeCCtx");
        Compress = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint>)NativeLibrary.GetExport(library, "ZSTD_compressCCtx");
    }

    /// <summary>The system's library, null when it is not installed.</summary>
    public static Zstd? Installed => OnceLoaded.Value;

    internal delegate* unmanaged<nint> CreateDecoder { get; }

    internal delegate* unmanaged<nint, nuint> FreeDecoder { get; }

    internal delegate* unmanaged<nint, byte*, nuint, byte*, nuint, nuint> Decompress { get; }

    internal delegate* unmanaged<nint> CreateEncoder { get; }

    internal delegate* unmanaged<nint, nuint> FreeEncoder { get; }

    internal delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int, nuint> Compress { get; }

    /// <summary>Loads a library by name; null when it is missing or lacks a function. It is never unloaded.</summary>
    public static Zstd? Load(string name)
    {
        if (!NativeLibrary.TryLoad(name, out nint library)) return null;
        try
        {
            return new Zstd(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The length that the first frame declares, <see cref="Unknown"/> or <see cref="Broken"/>.</summary>
    public long DeclaredLength(ReadOnlySpan<byte> block)
    {
        fixed (byte* bytes = block)
        {
            // The two answers that are no length are the highest numbers, -1 and -2; a length beyond every bound stays beyond.
            ulong size = _frameContentSize(bytes, (nuint)block.Length);
            return size >= unchecked((ulong)Broken) ? (long)size : (long)Math.Min(size, long.MaxValue);
        }
    }

    /// <summary>Room that always suffices to pack so many bytes.</summary>
    public int MaxEncodedBytes(int bytes) => checked((int)_compressBound((nuint)bytes));

    internal bool Failed(nuint result) => _isError(result) != 0;
}
