using System.Buffers.Binary;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Lake;

namespace Streamline.Storage;


/// <summary>
/// Writes samples as rows of a Parquet file (storage/docs/lake.md): columns name, series_id, ts, value, one for each promoted label, and a map of all labels.
/// Stale markers are left out. Memory is bounded by a row group. The file has its name only when it is whole; disposed before, it leaves nothing.
/// Not thread safe.
/// </summary>
public sealed class ParquetSampleFile : IDisposable
{
    // A group ends at a series' first row once it has the smaller number, and within a series at the larger one: readers work group by group, on all cores.
    private const int GroupRows = 15 * ColumnBatch.MaxRows, MaxGroupRows = 16 * ColumnBatch.MaxRows;
    private const long MaxGroupBytes = 64L << 20;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly string _path, _temporary;
    private readonly AppendFile _file;
    private readonly ColumnBatch _batch = new();
    private readonly ParquetColumn[] _columns;
    private readonly List<RowGroupInfo> _groups = [];
    private long _groupRows;
    private bool _finished;

    /// <summary>Creates the file under a temporary name beside its own; its directory is made when missing.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="promote">Labels with a column of their own.</param>
    public ParquetSampleFile(string path, IReadOnlyList<string> promote)
    {
        _path = path;
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateDurably(directory);
        _temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp");
        File.Delete(_temporary);
        _columns = [new LabelColumn("name", "__name__", optional: false), new SeriesIdColumn(), new TimestampColumn(), new ValueColumn(), .. Promoted(promote), new LabelMapColumn(names: true), new LabelMapColumn(names: false)];
        _file = new AppendFile(DataFiles.Disk, _temporary);
        _file.Write(Magic);
    }

    /// <summary>Rows written so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Stale markers left out so far.</summary>
    public long StaleMarkers { get; private set; }

    /// <summary>Adds samples of a series; those of one series follow each other, in time order. The spans are the caller's to use again, their content is spoilt.</summary>
    public void Append(Labels series, Span<long> timestamps, Span<double> values)
    {
        int count = DropStale(timestamps, values);
        Rows += count;
        for (int at = 0; at < count;)
        {
            at += _batch.Add(series, timestamps[at..count], values[at..count]);
            if (_batch.IsFull) EndBatch();
        }
    }

    /// <summary>Tells that the next rows are of another series: a good place to end a row group.</summary>
    public void EndSeries()
    {
        if (_groupRows + _batch.Rows >= GroupRows) EndGroup();
    }

    /// <summary>Writes the footer, forces everything to the disk and gives the file its name, replacing an older one. Returns its size.</summary>
    /// <param name="facts">Facts for the footer, by name.</param>
    public long Finish(IReadOnlyList<KeyValuePair<string, string>> facts)
    {
        EndGroup();
        byte[] footer = ParquetFooter.Of([.. _columns.Select(c => c.Schema)], _groups, facts);
        _file.Write(footer);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        _file.Write(length);
        _file.Write(Magic);
        long bytes = _file.Position;
        _file.Sync();
        _file.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        DurableDirectory.Sync(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        _finished = true;
        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        _file.Dispose();
        File.Delete(_temporary);
    }

    /// <summary>The columns of promoted labels: named as the label, unless a column of ours has that name already; SQL engines do not tell case apart.</summary>
    private static IEnumerable<LabelColumn> Promoted(IReadOnlyList<string> labels)
    {
        var taken = new HashSet<string>(["name", "series_id", "ts", "value", "start_ts", "labels", "date", "hour"], StringComparer.OrdinalIgnoreCase);
        foreach (string label in labels.Distinct(StringComparer.Ordinal))
        {
            string column = label;
            while (!taken.Add(column)) column = "label_" + column;
            yield return new LabelColumn(column, label, optional: true);
        }
    }

    // The names of new directories must be as durable as the manifest's line that relies on them.
    private static void CreateDurably(string directory)
    {
        if (Directory.Exists(directory)) return;
        string parent = Path.GetDirectoryName(directory)!;
        CreateDurably(parent);
        Directory.CreateDirectory(directory);
        DurableDirectory.Sync(parent);
    }

    private int DropStale(Span<long> timestamps, Span<double> values)
    {
        int kept = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (StaleMarker.Is(values[i])) continue;
            timestamps[kept] = timestamps[i];
            values[kept++] = values[i];
        }
        StaleMarkers += values.Length - kept;
        return kept;
    }

    private void EndBatch()
    {
        if (_batch.Rows == 0) return;
        long bytes = 0;
        foreach (var column in _columns)
        {
            column.Add(_batch);
            bytes += column.BufferedBytes;
        }
        _groupRows += _batch.Rows;
        _batch.Clear();
        if (_groupRows >= MaxGroupRows || bytes >= MaxGroupBytes) WriteGroup();
    }

    private void EndGroup()
    {
        EndBatch();
        WriteGroup();
    }

    private void WriteGroup()
    {
        if (_groupRows == 0) return;
        _groups.Add(new RowGroupInfo([.. _columns.Select(c => c.Write(_file))], _groupRows));
        _groupRows = 0;
    }
}
