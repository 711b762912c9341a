using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// Targets from watched files. The folders of the patterns are watched, and everything is read again each refresh interval, because watches miss
/// files behind links and network mounts. A file that cannot be read or understood keeps what it said before; a file that is gone takes its targets along.
/// </summary>
internal sealed partial class FileProvider(FileSdConfig config, DiscoveryContext context) : ITargetProvider
{
    private readonly ProviderProblems _problems = new("file");

    public string? Problem => _problems.Line;

    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var reading = new Reading(config, context, _problems, observer);
        reading.Refresh();
        var timer = context.Time.CreateTimer(_ => reading.Refresh(), null, config.RefreshInterval, config.RefreshInterval);
        return new CompositeDisposable(timer, reading);
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "target file keeps its last good content: {Reason}")]
    private static partial void LogBadFile(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "target files {Pattern} cannot be listed: {Reason}")]
    private static partial void LogBadPattern(ILogger logger, string pattern, string reason);

    /// <summary>What one subscription has read. One refresh at a time.</summary>
    private sealed class Reading(FileSdConfig config, DiscoveryContext context, ProviderProblems problems, IObserver<IReadOnlyList<TargetGroup>> observer) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, FileSystemWatcher> _watches = [];
        private Dictionary<string, IReadOnlyList<TargetGroup>> _files = [];
        private HashSet<string> _bad = [];
        private int _failed;
        private bool _ended;

        public void Refresh()
        {
            lock (_lock)
            {
                if (_ended) return;
                // Before reading: what changes in between is told.
                WatchFolders();
                long began = context.Time.GetTimestamp();
                _failed = 0;
                var now = new Dictionary<string, IReadOnlyList<TargetGroup>>();
                var bad = new HashSet<string>();
                foreach (string path in config.Files.SelectMany(pattern => Expand(pattern, bad)).Distinct().Order(StringComparer.Ordinal))
                {
                    if (ReadOrKeep(path, bad) is { } groups) now[path] = groups;
                }
                foreach (string gone in _files.Keys.Where(path => !now.ContainsKey(path))) context.Metrics.FileChanged(gone, null);
                foreach (string gone in _bad.Except(bad)) problems.Worked(gone);
                (_files, _bad) = (now, bad);
                context.Metrics.FilesScanned(context.Time.GetElapsedTime(began), _failed);
                observer.OnNext([.. now.Values.SelectMany(groups => groups)]);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _ended = true;
                foreach (string path in _files.Keys) context.Metrics.FileChanged(path, null);
            }
            // Outside of the lock: a watcher waits for its running event.
            foreach (var watch in _watches.Values) watch.Dispose();
        }

        // A folder that is missing now is watched from the first refresh that finds it.
        private void WatchFolders()
        {
            foreach (string folder in config.Files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/").Distinct())
            {
                if (_watches.TryGetValue(folder, out var watch) && watch.EnableRaisingEvents) continue;
                watch?.Dispose();
                _watches.Remove(folder);
                if (Directory.Exists(folder)) _watches[folder] = Watch(folder);
            }
        }

        // Folders too: a Kubernetes volume changes by the renaming of a link to a folder.
        private FileSystemWatcher Watch(string folder)
        {
            var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += (_, _) => Refresh();
            watcher.Created += (_, _) => Refresh();
            watcher.Renamed += (_, _) => Refresh();
            watcher.Deleted += (_, _) => Refresh();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }

        private IReadOnlyList<TargetGroup>? ReadOrKeep(string path, HashSet<string> bad)
        {
            try
            {
                var groups = TargetFile.Read(path);
                context.Metrics.FileChanged(path, LinkedFile.TargetOf(new FileInfo(path)).LastWriteTimeUtc);
                return groups;
            }
            catch (Exception error) when (error is FormatException or IOException)
            {
                _failed++;
                bad.Add(path);
                problems.Failed(path, error.Message);
                LogBadFile(context.Logger, error.Message);
                return _files.GetValueOrDefault(path);
            }
        }

        private IReadOnlyList<string> Expand(string pattern, HashSet<string> bad)
        {
            try
            {
                return FilePattern.Expand(pattern);
            }
            catch (FormatException error)
            {
                bad.Add(pattern);
                problems.Failed(pattern, error.Message);
                LogBadPattern(context.Logger, pattern, error.Message);
                return [];
            }
        }
    }
}
