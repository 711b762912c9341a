using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// Targets from watched files. The folders of the patterns are watched, and everything is read again each refresh interval, because watches miss
/// files behind links and network mounts. A file that cannot be read or understood keeps what it said before; a file that is gone takes its targets along.
/// </summary>
internal sealed partial class FileProvider(FileSdConfig config, TimeProvider time, ILogger logger) : ITargetProvider
{
    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var reading = new Reading(config, logger, observer);
        var watches = config.Files.Select(FolderOf).Distinct().Where(Directory.Exists).Select(folder => Watch(folder, reading)).ToList();
        reading.Refresh();
        var timer = time.CreateTimer(_ => reading.Refresh(), null, config.RefreshInterval, config.RefreshInterval);
        return new CompositeDisposable([.. watches, timer, reading]);
    });

    private static string FolderOf(string pattern) => Path.GetDirectoryName(Path.GetFullPath(pattern)) ?? "/";

    private static FileSystemWatcher Watch(string folder, Reading reading)
    {
        var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => reading.Refresh();
        watcher.Created += (_, _) => reading.Refresh();
        watcher.Renamed += (_, _) => reading.Refresh();
        watcher.Deleted += (_, _) => reading.Refresh();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "target file keeps its last good content: {Reason}")]
    private static partial void LogBadFile(ILogger logger, string reason);

    /// <summary>What one subscription has read. One refresh at a time.</summary>
    private sealed class Reading(FileSdConfig config, ILogger logger, IObserver<IReadOnlyList<TargetGroup>> observer) : IDisposable
    {
        private readonly Lock _lock = new();
        private Dictionary<string, IReadOnlyList<TargetGroup>> _files = [];
        private bool _ended;

        public void Refresh()
        {
            lock (_lock)
            {
                if (_ended) return;
                var now = new Dictionary<string, IReadOnlyList<TargetGroup>>();
                foreach (string path in config.Files.SelectMany(Expand).Distinct().Order(StringComparer.Ordinal))
                {
                    if (ReadOrKeep(path) is { } groups) now[path] = groups;
                }
                _files = now;
                observer.OnNext([.. now.Values.SelectMany(groups => groups)]);
            }
        }

        public void Dispose()
        {
            lock (_lock) _ended = true;
        }

        private IReadOnlyList<TargetGroup>? ReadOrKeep(string path)
        {
            try
            {
                return TargetFile.Read(path);
            }
            catch (Exception error) when (error is FormatException or IOException)
            {
                LogBadFile(logger, error.Message);
                return _files.GetValueOrDefault(path);
            }
        }

        private static IEnumerable<string> Expand(string pattern)
        {
            if (!pattern.Contains('*')) return File.Exists(pattern) ? [pattern] : [];
            string folder = FolderOf(pattern);
            return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)) : [];
        }
    }
}
