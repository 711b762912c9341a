using System.Globalization;
using Microsoft.Extensions.Logging;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// The journals of all aggregate stages, a file each, named after the stage's identity: a stage finds its own again after a restart, and after a reload that
/// changes other stages of its pipeline. Belongs to the host.
/// </summary>
internal sealed partial class AggregateJournals : IDisposable
{
    // FsyncPolicy.Interval, as the log's.
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    // Of a file's name most systems take 255 bytes.
    private const int MaxNameLength = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, AggregateJournal> _open = [];
    private readonly string _folder;
    private readonly Func<FsyncPolicy> _fsync;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    public AggregateJournals(string folder, Func<FsyncPolicy> fsync, TimeProvider time, ILogger logger)
    {
        (_folder, _fsync, _logger) = (folder, fsync, logger);
        _timer = time.CreateTimer(_ => Sync(), null, SyncInterval, SyncInterval);
    }

    /// <summary>The journal of a stage. One that another stage of this identity still holds is taken from it.</summary>
    public AggregateJournal Open(string stageId, AggregateNaming naming)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(stageId, out var before)) before.Revoke();
            return _open[stageId] = new AggregateJournal(Path.Combine(_folder, FileName(stageId)), naming, _fsync, _logger);
        }
    }

    /// <summary>Removes the files of stages that are no more.</summary>
    public void KeepOnly(IEnumerable<string> stageIds)
    {
        if (!Directory.Exists(_folder)) return;
        var kept = stageIds.Select(FileName).ToHashSet();
        foreach (string file in Directory.EnumerateFiles(_folder).Where(f => !kept.Contains(Path.GetFileName(f)) && !kept.Contains(Path.GetFileNameWithoutExtension(f))))
        {
            try
            {
                File.Delete(file);
                LogGone(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(error, file);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Sync()
    {
        AggregateJournal[] open;
        lock (_lock) open = [.. _open.Values];
        foreach (var journal in open) journal.Sync();
    }

    private static string FileName(string stageId)
    {
        string name = Uri.EscapeDataString(stageId);
        if (name.Length > MaxNameLength) name = name[..MaxNameLength] + Labels.Of(("stage", stageId)).Hash.ToString("x16", CultureInfo.InvariantCulture);
        return name + ".journal";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "aggregate: {File} belongs to no stage any more and is removed")]
    private partial void LogGone(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "aggregate: {File} belongs to no stage any more and cannot be removed")]
    private partial void LogNotRemoved(Exception error, string file);
}
