using System.Globalization;
using System.Security.Cryptography;
using Streamline.Storage.Head;
using Streamline.Storage.OutOfOrder;

namespace Streamline.Storage;

/// <summary>What an administrator asks for: deletions and copies. All wait for maintenance to end.</summary>
public sealed partial class Tsdb
{
    /// <summary>
    /// Deletes the samples of the matching series in a range, both ends included: hidden at once and for good, their room is free after a compaction or
    /// <see cref="CleanTombstones"/>.
    /// </summary>
    /// <exception cref="IOException">A deletion cannot be written to the disk.</exception>
    public void Delete(IReadOnlyList<LabelMatcher> matchers, TimeRange range)
    {
        lock (_maintenance)
        {
            ThrowIfReadOnly();
            foreach (var block in Overlapping(range))
            {
                try
                {
                    block.Delete(matchers, range);
                }
                finally
                {
                    block.Release();
                }
            }
            if (_head.Overlaps(range)) _head.Delete(matchers, range);
        }
    }

    /// <summary>Rewrites the blocks that have deletions, so that the deleted samples are gone from the disk.</summary>
    /// <exception cref="IOException">A block cannot be rewritten; it is as it was.</exception>
    public void CleanTombstones()
    {
        lock (_maintenance)
        {
            ThrowIfReadOnly();
            long start = _options.Time.GetTimestamp();
            foreach (var block in _blocks.All.Where(b => b.TombstoneCount > 0)) Replace([block], block.Meta.Compaction.Level, block.Meta.Ulid);
            _metrics.TombstonesCleaned(_options.Time.GetElapsedTime(start));
        }
    }

    /// <summary>
    /// Makes a copy of the database under <c>snapshots/</c> that is one itself: second names of the blocks' files, and a block of what the head holds.
    /// Returns the copy's name.
    /// </summary>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public string Snapshot(bool skipHead)
    {
        lock (_maintenance)
        {
            ThrowIfReadOnly();
            string name = $"{_options.Time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
            string target = Path.Combine(_options.Path, SnapshotsName, name), temporary = target + SnapshotTemporarySuffix;
            var files = _options.Files;
            files.CreateDirectory(temporary);
            try
            {
                FillSnapshot(temporary, skipHead);
                files.MoveDirectory(temporary, target);
            }
            catch
            {
                files.DeleteDirectory(temporary);
                throw;
            }
            files.SyncDirectory(Path.GetDirectoryName(target)!);
            Log(TsdbLogLevel.Info, $"snapshot {target} written");
            return name;
        }
    }

    // A snapshot that has its name is whole.
    private const string SnapshotsName = "snapshots", SnapshotTemporarySuffix = ".tmp";

    private void FillSnapshot(string directory, bool skipHead)
    {
        foreach (var block in _blocks.All) StoredBlock.Link(_options.Files, block.Path, Path.Combine(directory, block.Meta.Ulid));
        if (!skipHead && !_head.IsEmpty && _head.MinTime <= _head.MaxTime) new HeadBlockCut(_head, _options.Files, directory, _options.Time) { Format = Format }.WriteLive(_head.MinTime, _head.MaxTime + 1);
        if (!skipHead) new OutOfOrderCut(_options.Files, directory, _options.Time, _options.BlockDurationMs, _head.Tombstones) { Format = Format, HeadChunks = _head.ChunkFiles }.Write(_head.CaptureOutOfOrder(), []);
        _options.Files.SyncDirectory(directory);
    }

    private void ThrowIfReadOnly()
    {
        if (_closed || _options.ReadOnly) throw new IOException($"data directory {_options.Path} is closed or read only");
    }
}
