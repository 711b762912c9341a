using Microsoft.Win32.SafeHandles;
using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Files;

/// <summary>A file of <see cref="FailingFiles"/>, which remembers what it held when it was last forced to the disk.</summary>
internal sealed class FailingFile(FailingFiles files, UnsyncedBytes unsynced, string path, SafeFileHandle handle) : DataFile(path, handle)
{
    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        byte[] copy = bytes.ToArray();
        files.Change("write", Path, () => Put(copy, offset), () => Put(copy.AsSpan(0, copy.Length / 2), offset));
    }

    public override void SetLength(long bytes) => files.Change("set-length", Path, () => Truncate(bytes));

    /// <summary>Nothing is forced to the real disk: it would only take time.</summary>
    public override void Sync() => files.Change("sync", Path, unsynced.Forget);

    internal void Truncate(long bytes)
    {
        unsynced.BeforeChange(this, Math.Min(bytes, Length), (int)Math.Max(0, Length - bytes));
        base.SetLength(bytes);
    }

    private void Put(ReadOnlySpan<byte> bytes, long offset)
    {
        unsynced.BeforeChange(this, offset, bytes.Length);
        base.Write(bytes, offset);
    }
}
