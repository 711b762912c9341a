using Streamline.Storage.Encoding;

namespace Streamline.Storage;

/// <summary>A log holds a record that is packed with zstd, and the library is not installed: nothing is damaged, but nothing behind it can be read.</summary>
public sealed class ZstdMissingException(string file, long offset)
    : IOException($"{file}: offset {offset}: record is packed with zstd, and {Zstd.Library} is not installed: install it (Debian: libzstd1) and start again; the log is left as it is");
