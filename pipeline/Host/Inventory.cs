namespace Streamline.Pipeline.Host;

/// <summary>Facts about the machine that change by hand only (processors, chips, tables of a disk): read again when they are half a minute old.</summary>
internal sealed class Inventory<T>(Func<HostFiles, T> read) where T : class
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(30);

    private T? _facts;
    private long _readAt;

    public T Of(HostFiles files)
    {
        if (_facts is not null && files.Time.GetElapsedTime(_readAt) < ReadAgainAfter) return _facts;
        _readAt = files.Time.GetTimestamp();
        return _facts = read(files);
    }
}
