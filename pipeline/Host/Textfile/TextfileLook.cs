using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Host.Textfile;

/// <summary>Reads the files of the folders, each again when it has changed or could not be used. Folders may lie on a network file system: one look must not hold up the round for ever.</summary>
internal sealed partial class TextfileLook
{
    // Each is remembered and shown each time: a folder of more is not meant for this.
    private const int MaxFiles = 10_000;

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(5);

    // The clock of file systems goes in ticks: a file so young may change once more and keep its time and length.
    private static readonly TimeSpan YoungFor = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<string> _patterns;
    private readonly ILogger _logger;
    private readonly HangGuard<Found> _guard;

    // Of the thread that looks: the collector's own HostFiles has one buffer, which one that was left behind would write into.
    private readonly TextfileFolders _folders;
    private readonly HostFiles _files;
    private Dictionary<string, TextfileMetrics> _known = new(StringComparer.Ordinal);

    public TextfileLook(IReadOnlyList<string> patterns, HostFiles files, ILogger logger)
    {
        (_patterns, _files, _logger) = (patterns, new HostFiles(files.Paths, files.Time), logger);
        _folders = new TextfileFolders(patterns, logger);
        _guard = new HangGuard<Found>(ReadAll, MostWait);
    }

    /// <summary>The files in order of folder and name, and whether all folders could be read.</summary>
    public sealed record Found(IReadOnlyList<TextfileMetrics> Files, bool IsGood);

    /// <summary>What is there now; null while a folder does not answer.</summary>
    public Found? Look()
    {
        bool hung = _guard.IsHanging;
        var found = _guard.Read();
        if (found is null && !hung) LogHangs(string.Join(", ", _patterns));
        return found;
    }

    private Found ReadAll()
    {
        var paths = new List<string>();
        bool isGood = _folders.TryList(paths) && paths.Count <= MaxFiles;
        var found = paths.Distinct().Take(MaxFiles).Select(Current).ToList();
        _known = found.ToDictionary(m => m.Path, StringComparer.Ordinal);
        return new Found(found, isGood);
    }

    private TextfileMetrics Current(string path)
    {
        var before = _known.GetValueOrDefault(path);
        var now = Read(path, before);
        if (now.Error is { } error && error != before?.Error) LogRefused(path, error);
        return now;
    }

    private TextfileMetrics Read(string path, TextfileMetrics? before)
    {
        try
        {
            var target = LinkedFile.TargetOf(new FileInfo(path));
            var modified = target.LastWriteTimeUtc;
            long length = target.Exists ? target.Length : 0;
            if (before is { Error: null, WasYoung: false } && before.Modified == modified && before.Length == length) return before;
            bool isYoung = (_files.Time.GetUtcNow().UtcDateTime - modified).Duration() < YoungFor;
            return TextfileMetrics.Read(path, modified, length, _files, isYoung);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return TextfileMetrics.Unreadable(path, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: {File} is left out: {Reason}")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: {Folders} does not answer; its metrics are left out until it does")]
    private partial void LogHangs(string folders);
}
