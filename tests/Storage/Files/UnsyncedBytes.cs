using Streamline.Storage.Files;

namespace Streamline.Storage.Tests.Files;

/// <summary>What a file held before the changes that were not forced to the disk.</summary>
internal sealed class UnsyncedBytes
{
    private readonly List<(long Length, long Offset, byte[] Old)> _changes = [];

    public void Forget() => _changes.Clear();

    public void BeforeChange(DataFile file, long offset, int bytes)
    {
        byte[] old = new byte[Math.Clamp(file.Length - offset, 0, bytes)];
        file.Read(old, offset);
        _changes.Add((file.Length, offset, old));
    }

    /// <summary>Takes from the file at a path what the power loss takes.</summary>
    public void Lose(string path, PowerLoss loss)
    {
        if (_changes.Count == 0) return;
        using var file = DataFiles.Disk.OpenWrite(path);
        long end = file.Length, kept = _changes[0].Length;
        byte[] torn = new byte[Math.Max(0, end - kept) / 2];
        if (torn.Length > 0) file.Read(torn, kept);
        for (int i = _changes.Count - 1; i >= 0; i--)
        {
            file.SetLength(_changes[i].Length);
            file.Write(_changes[i].Old, _changes[i].Offset);
        }
        if (loss == PowerLoss.LeavesZeros) file.SetLength(Math.Max(end, kept));
        if (loss == PowerLoss.TearsWrites) file.Write(torn, kept);
        _changes.Clear();
    }
}
