namespace Streamline.Storage.Wal;

/// <summary>
/// Forcing the log to the disk, and what is done when that fails. The system tells of a lost write once and lets go of the bytes, so a second attempt that
/// succeeds proves nothing. Therefore: what is written since the last good sync is in doubt, commits are refused, and it is read back, checked and written again
/// into a new segment. Under <see cref="FsyncPolicy.Never"/> nothing was promised, and a failure is only counted.
/// </summary>
internal sealed partial class WalWriter
{
    // Copied in pieces of this size.
    private const int CopyBytes = 4 << 20;

    private readonly Lock _syncLock = new();
    private volatile bool _inDoubt;
    private volatile string _doubt = "";

    /// <summary>A sync has failed, and what it was to keep is not safe yet: commits are refused.</summary>
    public bool IsInDoubt => _inDoubt;

    /// <summary>Forces written bytes to the disk; any thread. Throws when that fails: call <see cref="TryRecover"/> between two commits then.</summary>
    public void Sync()
    {
        if (_inDoubt || _segment is not { } segment || segment.Synced == segment.Written) return;
        try
        {
            Force(segment);
        }
        catch (ObjectDisposedException)
        {
            // Ended meanwhile, and synced before that.
        }
    }

    /// <summary>Brings what is in doubt into a new segment. False when the file system still refuses.</summary>
    public bool TryRecover()
    {
        if (!_inDoubt || _closed || _segment is not { } doubtful) return true;
        try
        {
            MoveOn(doubtful);
            _inDoubt = false;
            Report(TsdbLogLevel.Warning, $"write-ahead log goes on in segment {Segment}, with what was in doubt");
            return true;
        }
        catch (IOException error)
        {
            _doubt = error.Message;
            return false;
        }
    }

    /// <summary>1 copies to the next segment, 2 makes that one sure, 3 cuts the doubtful part off, lest it be taken for damage after a loss of power.</summary>
    private void MoveOn(WalSegment doubtful)
    {
        var next = OpenSegment(Segment + 1);
        long from = doubtful.Synced;
        try
        {
            _segment = next;
            Copy(from, next);
            next.Sync();
            doubtful.File.SetLength(from);
            doubtful.File.Sync();
        }
        catch
        {
            _segment = doubtful;
            next.Dispose();
            throw;
        }
        Segment++;
        doubtful.Dispose();
    }

    private void Copy(long from, WalSegment target)
    {
        using var reader = new WalReader(_files, Path, Packer.Zstd, from);
        _length = 0;
        try
        {
            while (reader.Next(out var record))
            {
                Add(record);
                if (_length >= CopyBytes) PutCopied(target);
            }
        }
        catch (StorageCorruptionException)
        {
            _counters.Corruptions.Add(1);
            Report(TsdbLogLevel.Error, $"write-ahead log {Path}: the system has let go of what was in doubt; until it is in a block, a crash would lose it");
        }
        PutCopied(target);
    }

    private void PutCopied(WalSegment target)
    {
        target.File.Write(_out.AsSpan(0, _length), target.Written);
        target.Written += _length;
        _length = 0;
    }

    private void Force(WalSegment segment, int more = 0)
    {
        // One at a time: of two at once only one is told of a failure.
        lock (_syncLock)
        {
            if (_inDoubt) throw new IOException(_doubt);
            long start = _time.GetTimestamp();
            try
            {
                segment.Sync(more);
            }
            catch (IOException error)
            {
                _counters.SyncsFailed.Add(1);
                Report(TsdbLogLevel.Error, $"write-ahead log {Path} could not be forced to the disk: {error.Message}");
                if (Policy != FsyncPolicy.Never) Doubt($"could not be forced to the disk: {error.Message}");
                throw;
            }
            _counters.FsyncDone(_time.GetElapsedTime(start));
        }
    }

    private void Doubt(string why)
    {
        _doubt = why;
        _inDoubt = true;
    }
}
