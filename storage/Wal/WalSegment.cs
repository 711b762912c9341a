using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>A segment that is written to, and how far it is safe.</summary>
internal sealed class WalSegment(DataFile file) : IDisposable
{
    private long _written, _synced;

    public DataFile File => file;

    /// <summary>Behind the last whole commit. The committing thread's to set.</summary>
    public long Written
    {
        get => Interlocked.Read(ref _written);
        set => Interlocked.Exchange(ref _written, value);
    }

    /// <summary>What lies before this is on the disk.</summary>
    public long Synced => Interlocked.Read(ref _synced);

    /// <summary>A write failed and what it left could not be cut off: nothing may follow it. The committing thread's.</summary>
    public bool HasTornTail { get; set; }

    /// <summary>Forces what is written to the disk, and <paramref name="more"/> bytes behind it, which count as written only then.</summary>
    public void Sync(int more = 0)
    {
        long upTo = Written + more;
        file.Sync();
        Interlocked.Exchange(ref _synced, upTo);
    }

    /// <summary>Cuts off what a failed write left; false when that is refused too.</summary>
    public bool TryCutBack()
    {
        try
        {
            file.SetLength(Written);
            HasTornTail = false;
        }
        catch (IOException)
        {
            HasTornTail = true;
        }
        return !HasTornTail;
    }

    public void Dispose() => file.Dispose();
}
