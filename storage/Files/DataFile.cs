using Microsoft.Win32.SafeHandles;

namespace Streamline.Storage.Files;

/// <summary>An open file of the store, read and written at offsets. Thin on purpose: a commit is one call of <see cref="Write"/>. Tests derive one that fails.</summary>
internal class DataFile(string path, SafeFileHandle handle) : IDisposable
{
    public string Path => path;

    public virtual long Length => RandomAccess.GetLength(handle);

    /// <summary>All the bytes or an <see cref="IOException"/>, after which some of them may be there.</summary>
    public virtual void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

    /// <summary>Up to as many bytes as the buffer holds; 0 at the end of the file.</summary>
    public virtual int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    public virtual void SetLength(long bytes) => RandomAccess.SetLength(handle, bytes);

    /// <summary>Forces what was written to the disk. Its name is sure only after <see cref="DataFiles.SyncDirectory"/>.</summary>
    /// <exception cref="IOException">It is not: and the system may have let go of the bytes, so a second attempt that succeeds proves nothing.</exception>
    public virtual void Sync() => RandomAccess.FlushToDisk(handle);

    public virtual void Dispose()
    {
        handle.Dispose();
        GC.SuppressFinalize(this);
    }
}
