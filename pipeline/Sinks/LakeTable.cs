using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>A file of the table; its path is below the lake's folder, with forward slashes.</summary>
internal sealed record LakeFile(string Path, long Rows, long Bytes);

/// <summary>What an export has written, and what it left out: stale markers, native histograms, which have no table yet, and chunks of encodings that are not read.</summary>
internal sealed record LakePart(IReadOnlyList<LakeFile> Files, long Rows, long StaleMarkers, long Histograms, long UnreadableChunks);

/// <summary>
/// Writes the samples of a store into the table's partitions, a file in each: what is written depends only on the store, the configuration and the name.
/// Memory is that of a row group and of the selection's headers.
/// </summary>
internal sealed class LakeTable
{
    private const int BufferRows = 1024;

    private readonly IReadOnlyList<PartitionKey> _keys;
    private readonly IReadOnlyList<string> _promote;
    private readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> _selectors;
    private readonly Relabeler _relabel;
    private readonly long[] _timestamps = new long[BufferRows];
    private readonly double[] _values = new double[BufferRows];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[64];

    /// <param name="root">The lake's folder.</param>
    /// <param name="config">Partitions and promoted labels.</param>
    /// <param name="match">Selectors; a series that any of them matches is taken, every one without selectors.</param>
    /// <param name="relabel">Run on the labels of each series taken.</param>
    public LakeTable(string root, ParquetSinkConfig config, IReadOnlyList<string> match, IReadOnlyList<RelabelConfig> relabel)
    {
        Root = root;
        _keys = config.Partition;
        _promote = config.Promote;
        _selectors = [.. match.Select(text => ((VectorSelector)PromqlParser.Parse(text)).Matchers)];
        _relabel = new Relabeler(relabel);
    }

    /// <summary>The lake's folder.</summary>
    public string Root { get; }

    /// <summary>Writes the samples of the range; <paramref name="name"/> is the stem of the files' names.</summary>
    /// <param name="store">Where the samples are.</param>
    /// <param name="range">Their times.</param>
    /// <param name="table">The table's folder below the root.</param>
    /// <param name="name">Stem of the files' names.</param>
    /// <param name="cancellation">Ends the export; what has its name stays.</param>
    /// <param name="keys">Directory levels, when not those of the configuration.</param>
    public LakePart Export(ISampleStore store, TimeRange range, string table, string name, CancellationToken cancellation, IReadOnlyList<PartitionKey>? keys = null)
    {
        var files = new List<LakeFile>();
        long stale = 0, histograms = 0, unreadable = 0;
        foreach (var partition in LakeLayout.Partitions(keys ?? _keys, range))
        {
            using var set = store.Select(_selectors.Count == 1 ? _selectors[0] : [], partition.Range, SelectHints.None);
            if (set.Count == 0) continue;
            string path = string.Join('/', ((string[])[table, partition.Directory, $"{name}{partition.Suffix}.parquet"]).Where(p => p.Length > 0));
            using var file = new ParquetSampleFile(Path.Combine(Root, path), _promote);
            unreadable += Write(set, file, ref histograms, cancellation);
            stale += file.StaleMarkers;
            if (file.Rows == 0) continue;
            files.Add(new LakeFile(path, file.Rows, file.Finish([new("streamline.format", "1"), new("streamline.part", name), new("streamline.partition", partition.Directory)])));
        }
        return new LakePart(files, files.Sum(f => f.Rows), stale, histograms, unreadable);
    }

    /// <summary>Removes every file of a block from the table, temporary ones included: what an export that did not end has left.</summary>
    public static void Remove(string root, string name)
    {
        string table = Path.Combine(root, LakeLayout.Table);
        if (!Directory.Exists(table)) return;
        foreach (string file in Directory.EnumerateFiles(table, $"*{name}*", SearchOption.AllDirectories)) File.Delete(file);
    }

    private long Write(SeriesSet set, ParquetSampleFile file, ref long histograms, CancellationToken cancellation)
    {
        long unreadable = 0;
        var builder = new LabelsBuilder();
        SampleCursor? cursor = null;
        for (int i = 0; i < set.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Taken(set.LabelsAt(i), builder) is not { } labels) continue;
            cursor = set.Open(i, cursor);
            int read;
            while ((read = Next(cursor, ref unreadable)) > 0 || cursor.AtHistogram)
            {
                if (read > 0) file.Append(labels, _timestamps.AsSpan(0, read), _values.AsSpan(0, read));
                else histograms += cursor.NextHistograms(_timestamps.AsSpan(0, _histograms.Length), _histograms);
            }
            file.EndSeries();
        }
        cursor?.Dispose();
        return unreadable;
    }

    private Labels? Taken(Labels labels, LabelsBuilder builder)
    {
        if (_selectors.Count > 1 && !_selectors.Any(s => s.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span))))) return null;
        if (_relabel.IsEmpty) return labels;
        return _relabel.Keep(builder.Reset(labels)) ? builder.Build() : null;
    }

    // The cursor stands behind the chunk that it could not read.
    private int Next(SampleCursor cursor, ref long unreadable)
    {
        while (true)
        {
            try
            {
                return cursor.Next(_timestamps, _values);
            }
            catch (NotSupportedException)
            {
                unreadable++;
            }
        }
    }
}
