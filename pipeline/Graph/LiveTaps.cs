using Streamline.Storage;

namespace Streamline.Pipeline.Graph;

/// <summary>
/// Who watches samples pass. Every arrow asks before it hands a batch over; without watchers that is one read of a field. A watcher never holds a batch up:
/// what it cannot take in time it misses, and counts.
/// </summary>
internal sealed class LiveTaps
{
    /// <summary>Each watcher costs the threads that carry samples a little.</summary>
    public const int MaxTaps = 16;

    private readonly Lock _lock = new();
    private LiveTap[] _taps = [];

    /// <summary>Shows a batch that is about to pass an arrow; the caller owns it still.</summary>
    public void See(Edge edge, SampleBatch batch)
    {
        var taps = Volatile.Read(ref _taps);
        if (taps.Length > 0) Offer(taps, edge, batch);
    }

    /// <summary>False when there are as many watchers as may be.</summary>
    public bool TryAdd(LiveTap tap)
    {
        lock (_lock)
        {
            if (_taps.Length == MaxTaps) return false;
            Volatile.Write(ref _taps, [.. _taps, tap]);
            return true;
        }
    }

    public void Remove(LiveTap tap)
    {
        lock (_lock) Volatile.Write(ref _taps, [.. _taps.Where(t => t != tap)]);
    }

    private static void Offer(LiveTap[] taps, Edge edge, SampleBatch batch)
    {
        foreach (var tap in taps)
        {
            if (tap.Watches(edge)) tap.Offer(batch);
        }
    }
}
