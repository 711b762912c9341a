using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>
/// Reads the segments of a log in turn and, where one is torn or damaged, cuts it off there and drops those behind it, as Prometheus does
/// (WL.Repair in tsdb/wlog/wlog.go). A read-only view stops there and changes nothing.
/// </summary>
internal sealed class LogRepair(string name, DataFiles files, string directory, bool readOnly, WalCounters counters, Action<TsdbLogLevel, string> log)
{
    /// <summary>Has the segments from a number on read, each by its path; returns the last one kept, or -1.</summary>
    public int Run(List<int> segments, int from, Action<string> read)
    {
        int last = -1;
        foreach (int segment in segments)
        {
            if (segment < from) continue;
            last = segment;
            try
            {
                read(WalDirectory.SegmentPath(directory, segment));
            }
            catch (StorageCorruptionException damage)
            {
                if (!readOnly) Cut(damage, segments.Where(s => s > segment));
                // A read-only view of a running server meets the tail of a write in progress.
                else if (segment != segments[^1]) log(TsdbLogLevel.Warning, $"{name} is damaged, reading ends there: {damage.Message}");
                break;
            }
        }
        return last;
    }

    private void Cut(StorageCorruptionException damage, IEnumerable<int> later)
    {
        long before = new FileInfo(damage.File).Length;
        log(TsdbLogLevel.Warning, $"{name} repaired: {damage.Message}; {before - damage.Offset} bytes cut off");
        counters.Corruptions.Add(1);
        // The newest first and the damage last: a crash on the way leaves a log that is repaired in the same way.
        foreach (int segment in later.Reverse())
        {
            string path = WalDirectory.SegmentPath(directory, segment);
            log(TsdbLogLevel.Warning, $"{name} repaired: segment {path} behind the damage dropped");
            files.Delete(path);
        }
        files.SyncDirectory(directory);
        using var file = files.OpenWrite(damage.File);
        file.SetLength(damage.Offset);
        file.Sync();
    }
}
