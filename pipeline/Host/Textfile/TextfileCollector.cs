using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Textfile;

/// <summary>
/// Metrics that other programs leave in files of the text format. A file is parsed when it has changed, and shown each time. One that is broken, or has timestamps, gives
/// nothing and sets <c>node_textfile_scrape_error</c>, as does a family whose HELP differs from that of an earlier file.
/// </summary>
internal sealed partial class TextfileCollector(HostTextfileConfig config, ILogger logger) : IHostCollector
{
    // Each is remembered and shown each time: a folder of more is not meant for this.
    private const int MaxFiles = 10_000;

    private static readonly HostFamily Modified = HostFamily.Gauge("node_textfile_mtime_seconds", "When the metrics file was last written, seconds since 1970.");
    private static readonly HostFamily ScrapeError = HostFamily.Gauge("node_textfile_scrape_error", "1 when a metrics file or folder of the last round could not be used, else 0.");

    private readonly TextfileFolders _folders = new(config.Directory.Items, logger);
    private readonly List<FileInfo> _listed = [];
    private Dictionary<string, TextfileMetrics> _known = new(StringComparer.Ordinal);

    // What the files of the last round gave together, read by the API; and the families that are left out of a file.
    private volatile HostFamily[] _families = [];
    private HashSet<(TextfileMetrics File, string Family)> _leftOut = [];

    public IEnumerable<HostFamily> Families => [Modified, ScrapeError, .. _families];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        bool isGood = config.Directory.Items.Count == 0 || TryAdd(files, writer);
        writer.Series(ScrapeError).Value(isGood ? 0 : 1);
        return true;
    }

    private bool TryAdd(HostFiles files, SeriesWriter writer)
    {
        _listed.Clear();
        bool isGood = _folders.TryList(_listed);
        if (_listed.Count > MaxFiles)
        {
            isGood = false;
            _listed.RemoveRange(MaxFiles, _listed.Count - MaxFiles);
        }
        var now = _listed.Select(info => Current(info, files)).ToList();
        if (now.Count != _known.Count || now.Exists(m => !_known.TryGetValue(m.Path, out var before) || before != m)) Join(now);
        foreach (var metrics in now) Add(metrics, writer);
        return isGood && _leftOut.Count == 0 && now.TrueForAll(m => m.Error is null);
    }

    private TextfileMetrics Current(FileInfo info, HostFiles files)
    {
        var target = LinkedFile.TargetOf(info);
        // A link that leads nowhere is read as it is, which tells why it cannot be.
        if (!target.Exists) target = info;
        if (_known.TryGetValue(info.FullName, out var before) && before.Modified == target.LastWriteTimeUtc && before.Length == target.Length) return before;
        var metrics = TextfileMetrics.Read(info.FullName, target.LastWriteTimeUtc, target.Length, files);
        if (metrics.Error is { } error) LogRefused(info.FullName, error);
        return metrics;
    }

    private void Add(TextfileMetrics metrics, SeriesWriter writer)
    {
        if (metrics.Error is not null) return;
        foreach (var sample in metrics.Samples)
        {
            if (_leftOut.Count > 0 && _leftOut.Contains((metrics, sample.Family))) continue;
            writer.Series(sample.Name);
            foreach (var (name, value) in sample.Labels) writer.Label(name, value);
            writer.Value(sample.Value);
        }
        writer.Series(Modified).Label("file"u8, metrics.Path).Value(new DateTimeOffset(metrics.Modified).ToUnixTimeSeconds());
    }

    /// <summary>Families of all files together: the first HELP counts, and a file whose own differs loses that family.</summary>
    private void Join(List<TextfileMetrics> files)
    {
        _known = files.ToDictionary(m => m.Path, StringComparer.Ordinal);
        var leftOut = new HashSet<(TextfileMetrics, string)>();
        var helps = new Dictionary<string, string>(StringComparer.Ordinal);
        var holders = new Dictionary<string, List<(TextfileMetrics File, string Type)>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var (name, (type, help)) in file.Families)
            {
                if (help is not null && helps.TryGetValue(name, out string? first) && first != help)
                {
                    leftOut.Add((file, name));
                    LogHelp(name, file.Path, help, first);
                    continue;
                }
                if (help is not null) helps[name] = help;
                if (!holders.TryGetValue(name, out var list)) holders[name] = list = [];
                list.Add((file, type));
            }
        }
        _leftOut = leftOut;
        _families = [.. holders.Select(h => new HostFamily(h.Key, h.Value[0].Type, helps.GetValueOrDefault(h.Key) ?? $"Left without a help text by {string.Join(", ", h.Value.Select(v => v.File.Path))}."))];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: {File} is left out: {Reason}")]
    private partial void LogRefused(string file, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: {Family} of {File} is left out: its HELP is \"{Help}\", an earlier file says \"{First}\"")]
    private partial void LogHelp(string family, string file, string help, string first);
}
