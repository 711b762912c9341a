using System.Diagnostics.CodeAnalysis;
using Streamline.Storage.Head;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Snapshot;
using Streamline.Storage.Wal;

namespace Streamline.Storage;

/// <summary>The snapshot of the head that is written at the end and spares the next starts most of the log.</summary>
public sealed partial class Tsdb
{
    private readonly Counter _snapshotsFailed = new(), _snapshotsUnread = new();

    private HeadSnapshot SnapshotFile => new(_options.Files, _options.Path);

    /// <summary>
    /// 1 looks whether log and head chunk files still fit the snapshot, 2 takes head chunk files that came later, 3 fills the head, 4 replays the log behind it.
    /// False when it is not there or anything does not fit, also when the log names series that it does not know: then all is done from the log.
    /// </summary>
    private bool TryLoadSnapshot([NotNullWhen(true)] out HeadStore? head, [NotNullWhen(true)] out ReplaySummary? replay)
    {
        (head, replay) = (null, null);
        if (SnapshotFile.Find(WalPath, HeadChunksPath, _blocks.InOrderEnd, out string reason) is not { } header)
        {
            if (reason.Length > 0) DropSnapshot(reason);
            return false;
        }
        var made = NewHead();
        try
        {
            var check = Task.Run(() => SnapshotFile.CheckChunks(header, HeadChunksPath));
            try
            {
                SnapshotFile.Load(made);
            }
            finally
            {
                foreach (var (info, chunk, bytes, count) in check.GetAwaiter().GetResult()) made.NoteLate(info, chunk, bytes, count);
            }
            made.ChunkFiles = new HeadChunkLoader(made, _options.Files, HeadChunksPath, _options.ReadOnly, Log) { Known = header.ChunkFiles }.Load();
            if (!made.TryAttachLater()) throw new FormatException("head chunks written later do not follow it");
            var read = new WalReplay(made, _options.Files, WalPath, _options.ReadOnly, _walCounters, Log) { Zstd = _options.Zstd, From = header.WalSegment }.Run();
            ReplayWbl(made, read);
            if (read.UnknownRefs > 0 || _wblCounters.UnknownSamples.Value > 0) throw new FormatException("the log names series that are not in it");
            foreach (var (reference, until) in header.RefsToKeep) _refsToKeep[reference] = until;
            read.FromSnapshot = true;
            (head, replay) = (made, read);
            return true;
        }
        // Whatever it is that does not fit: all is in the log.
        catch (Exception error) when (error is not (ZstdMissingException or OutOfMemoryException))
        {
            made.Abandon();
            DropSnapshot(error.Message);
            return false;
        }
    }

    private void DropSnapshot(string reason)
    {
        _snapshotsUnread.Add(1);
        Log(TsdbLogLevel.Info, $"snapshot of the head is not used: {reason}");
        Guarded("deleting the snapshot of the head", _snapshotsFailed, SnapshotFile.Delete);
    }

    /// <summary>Under the commit lock, with the log closed: nothing changes any more.</summary>
    private void WriteSnapshot()
    {
        if (_options.ReadOnly) return;
        if (!_head.CanSnapshot || _head.Wal is not { } wal)
        {
            Guarded("deleting the snapshot of the head", _snapshotsFailed, SnapshotFile.Delete);
            return;
        }
        long start = _options.Time.GetTimestamp();
        Guarded("snapshot of the head", _snapshotsFailed, () => SnapshotFile.Write(_head, wal.Segment + 1, [.. _refsToKeep.Select(r => (r.Key, r.Value)), .. _evicted.Keys.Select(r => (r, wal.Segment))]));
        Log(TsdbLogLevel.Debug, $"snapshot of the head written in {_options.Time.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }
}
