using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// What an aggregate stage has taken in, on disk before it is acknowledged: a state, then the samples since. Reading it gives the state again, to the bit. One
/// owner thread, except <see cref="Sync"/> and <see cref="Revoke"/>.
/// </summary>
internal sealed partial class AggregateJournal : IDisposable
{
    private const string Letters = "SLAG";

    private readonly string _path;
    private readonly AggregateNaming _naming;
    private readonly Func<FsyncPolicy> _fsync;
    private readonly ILogger _logger;
    private readonly JournalFile _file;
    private volatile bool _revoked;
    private volatile bool _unsynced;
    private bool _failing;

    public AggregateJournal(string path, AggregateNaming naming, Func<FsyncPolicy> fsync, ILogger logger)
    {
        (_path, _naming, _fsync, _logger) = (path, naming, fsync, logger);
        _file = new JournalFile(path, Letters);
    }

    /// <summary>True while the file does not hold what the stage knows: the next write is a <see cref="TryRewrite"/>.</summary>
    public bool IsBehind { get; private set; } = true;

    /// <summary>True when a <see cref="TryRewrite"/> pays.</summary>
    public bool IsGrown => _file.IsGrown;

    /// <summary>Bytes in the file.</summary>
    public long Length => _file.Length;

    /// <summary>Fills an empty state; <paramref name="restored"/> gets the members by the labels of their series. A rewrite comes next.</summary>
    public void Load(AggregateState state, int outputs, Dictionary<Labels, int> restored)
    {
        var reader = new AggregateJournalReader(state, _naming, outputs);
        state.IsReplaying = true;
        try
        {
            if (_file.Load(reader.Read) is { } damage) LogDamage(damage);
            if (reader.IsOther) LogOther(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(error, _path);
        }
        reader.Finish(restored);
        state.IsReplaying = false;
    }

    /// <summary>A new member.</summary>
    public void Add(int index, Labels series)
    {
        if (IsBehind) return;
        var record = _file.BeginRecord();
        AggregateRecords.WriteKind(record, AggregateRecords.Member);
        record.WriteLong(index);
        record.WriteBytes(series.Encoded);
        _file.EndRecord();
    }

    /// <summary>A member that is no more.</summary>
    public void Remove(int index)
    {
        if (IsBehind) return;
        var record = _file.BeginRecord();
        AggregateRecords.WriteKind(record, AggregateRecords.Removed);
        record.WriteLong(index);
        _file.EndRecord();
    }

    /// <summary>The store has the outputs of windows that end here and before.</summary>
    public void Confirm(long endMs)
    {
        if (IsBehind) return;
        var record = _file.BeginRecord();
        AggregateRecords.WriteKind(record, AggregateRecords.Stored);
        record.WriteLong(endMs);
        _file.EndRecord();
    }

    /// <summary>Writes down the members' samples of a batch, and what was added before; false when the disk refuses: nothing of it counts.</summary>
    public bool TryAppend(SampleBatch batch, ReadOnlySpan<int> members, long aheadMs)
    {
        for (int at = 0; at < members.Length;)
        {
            var record = _file.BeginRecord();
            AggregateRecords.WriteKind(record, AggregateRecords.Samples);
            record.WriteLong(aheadMs);
            for (int written = 0; at < members.Length && written < AggregateRecords.MaxSamples; at++)
            {
                if (members[at] < 0) continue;
                AggregateRecords.WriteSample(record, members[at], batch.Timestamps[at], batch.Values[at]);
                written++;
            }
            _file.EndRecord();
        }
        return Try(static journal => journal._file.Flush(journal._fsync() == FsyncPolicy.Commit));
    }

    /// <summary>Replaces the content by a state and by what it owes the store.</summary>
    public bool TryRewrite(AggregateState state, Func<int, Labels?> seriesOf, IEnumerable<AggregateValue> owed) => Try(journal => journal.Rewrite(state, seriesOf, owed));

    /// <summary>Forces to the disk what was written since the last call; any thread.</summary>
    public void Sync()
    {
        if (!_unsynced || _fsync() != FsyncPolicy.Interval) return;
        _unsynced = false;
        try
        {
            _file.Sync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // A rewrite or the end closed this file after syncing it.
            LogFailed(error, _path);
        }
    }

    /// <summary>Takes the file from a stage that did not end in time; its writes fail from now on. Any thread.</summary>
    public void Revoke() => _revoked = true;

    /// <summary>Ends the journal and its file: the stage has given out all it had.</summary>
    public void Delete()
    {
        Dispose();
        if (!_revoked) Try(static journal => File.Delete(journal._path));
    }

    public void Dispose()
    {
        if (!IsBehind && !_revoked) Try(static journal => journal.FlushAndSync());
        _file.Dispose();
    }

    // What is written is synced although nothing waits to be: whatever the policy, as the log does at its end.
    private void FlushAndSync()
    {
        _file.Flush();
        _file.Sync();
    }

    private void Rewrite(AggregateState state, Func<int, Labels?> seriesOf, IEnumerable<AggregateValue> owed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _file.BeginRewrite();
        var record = Begin(AggregateRecords.Stage);
        record.WriteText(_naming.Identity);
        _file.EndRecord();
        record = Begin(AggregateRecords.Windows);
        record.WriteLong(state.First);
        record.WriteLong(state.NewestMs);
        _file.EndRecord();
        foreach (var group in state.Groups)
        {
            AggregateRecords.WriteGroup(Begin(AggregateRecords.Group), group);
            _file.EndRecord();
        }
        for (int i = 0; i < state.Members.Length; i++)
        {
            if (!state.Has(i) || seriesOf(i) is not { } series) continue;
            record = Begin(AggregateRecords.Kept);
            record.WriteLong(i);
            record.WriteBytes(series.Encoded);
            AggregateRecords.WriteMember(record, state.Members[i]);
            _file.EndRecord();
        }
        foreach (var value in owed)
        {
            AggregateRecords.WriteOwed(Begin(AggregateRecords.Owed), value);
            _file.EndRecord();
        }
        _file.EndRewrite();
    }

    private System.Buffers.IBufferWriter<byte> Begin(byte kind)
    {
        var record = _file.BeginRecord();
        AggregateRecords.WriteKind(record, kind);
        return record;
    }

    // After a failure the file lacks something: only a whole state makes it good again.
    private bool Try(Action<AggregateJournal> write)
    {
        try
        {
            if (_revoked) throw new IOException("the stage was left behind by a reload");
            write(this);
            (IsBehind, _unsynced) = (false, true);
            if (_failing) LogWorks(_path);
            _failing = false;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _file.Discard();
            IsBehind = true;
            if (!_failing) LogFailed(error, _path);
            _failing = true;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "aggregate: {Damage}")]
    private partial void LogDamage(string damage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "aggregate: {Path} belongs to a stage with another configuration; totals begin anew")]
    private partial void LogOther(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "aggregate: {Path} cannot be read; what was read before counts")]
    private partial void LogUnreadable(Exception error, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "aggregate: {Path} cannot be written; samples of the stage are refused until it can")]
    private partial void LogFailed(Exception error, string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "aggregate: {Path} can be written again")]
    private partial void LogWorks(string path);
}
