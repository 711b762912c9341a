using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Textfile;

/// <summary>
/// Metrics that other programs leave in files of the text format (<see cref="TextfileLook"/> reads them). A file that is broken, or has timestamps, gives nothing and sets
/// <c>node_textfile_scrape_error</c>, as does a family whose HELP differs from that of an earlier file.
/// </summary>
internal sealed partial class TextfileCollector(HostTextfileConfig config, ILogger logger) : IHostCollector
{
    private static readonly HostFamily Modified = HostFamily.Gauge("node_textfile_mtime_seconds", "When the metrics file was last written, seconds since 1970.");
    private static readonly HostFamily ScrapeError = HostFamily.Gauge("node_textfile_scrape_error", "1 when a metrics file or folder of the last round could not be used, else 0.");

    private TextfileLook? _look;

    // The files of the last round.
    private IReadOnlyList<TextfileMetrics> _known = [];

    // What they gave together, read by the API; and the families that are left out of a file.
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
        _look ??= new TextfileLook(config.Directory.Items, files, logger);
        if (_look.Look() is not { } found) return false;
        if (!found.Files.SequenceEqual(_known)) Join(found.Files);
        foreach (var metrics in found.Files) Add(metrics, writer);
        return found.IsGood && _leftOut.Count == 0 && found.Files.All(m => m.Error is null);
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
    private void Join(IReadOnlyList<TextfileMetrics> files)
    {
        _known = files;
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

    [LoggerMessage(Level = LogLevel.Error, Message = "textfile collector: {Family} of {File} is left out: its HELP is \"{Help}\", an earlier file says \"{First}\"")]
    private partial void LogHelp(string family, string file, string help, string first);
}
