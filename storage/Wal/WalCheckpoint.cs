using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Storage.Wal;

/// <summary>
/// Shortens the log after a truncation, as Prometheus does: the lower two thirds of the segments become a checkpoint that holds the series still needed
/// and the samples not yet in blocks; then those segments go.
/// </summary>
internal sealed class WalCheckpoint(DataFiles files, string directory, WalCounters counters, TimeProvider time)
{
    /// <summary>How the checkpoint's records are packed.</summary>
    public WalCompression Compression { get; init; } = WalCompression.Snappy;

    /// <summary>The library for records packed with it.</summary>
    public Zstd? Zstd { get; init; } = Zstd.Installed;

    // Records are small; a write each would be most of the work.
    private const int WriteBytes = 1 << 20;

    private readonly RecordBuffer _kept = new();
    private readonly LabelsBuilder _builder = new();
    private readonly Dictionary<ulong, SeriesMetadata> _metadata = [];

    /// <summary>Number of the last segment that the next checkpoint would cover, or -1 when there are too few.</summary>
    public int LastCovered()
    {
        // The newest segment is being written; of the others two thirds are worth rewriting.
        if (WalDirectory.Segments(directory) is not { Count: > 1 } segments) return -1;
        int first = segments[0], last = segments[^2];
        last = first + (last - first) * 2 / 3;
        return last <= first ? -1 : last;
    }

    /// <summary>Writes the checkpoint, then deletes what it replaces.</summary>
    public void Run(int last, Predicate<ulong> keepsSeries, long minTimeMs)
    {
        string target = WalDirectory.CheckpointPath(directory, last), temporary = target + WalDirectory.TemporarySuffix;
        if (Directory.Exists(temporary)) files.DeleteDirectory(temporary);
        try
        {
            Write(temporary, last, keepsSeries, minTimeMs);
            files.MoveDirectory(temporary, target);
            // Or a loss of power might take its name and leave the deletions that follow.
            files.SyncDirectory(directory);
        }
        catch (IOException)
        {
            counters.CheckpointsFailed.Add(1);
            // On a full disk the room counts.
            if (Directory.Exists(temporary)) files.DeleteDirectory(temporary);
            throw;
        }
        counters.Checkpoints.Add(1);
        counters.CheckpointDeletions.Add(1);
        try
        {
            DeleteCovered(last);
        }
        catch (IOException)
        {
            counters.CheckpointDeletionsFailed.Add(1);
            throw;
        }
    }

    private void Write(string temporary, int last, Predicate<ulong> keepsSeries, long minTimeMs)
    {
        // Never rotated: one file, forced to the disk at the end.
        using var writer = new WalWriter(files, temporary, 0, int.MaxValue, FsyncPolicy.Never, new WalCounters(), time) { Packer = new RecordPacker(Compression, Zstd) };
        writer.Begin();
        foreach (string path in Sources(last))
        {
            using var reader = new WalReader(files, path, Zstd);
            while (reader.Next(out var record))
            {
                var kept = Filter(record, keepsSeries, minTimeMs);
                if (kept.IsEmpty) continue;
                writer.Add(kept);
                if (writer.Pending >= WriteBytes) Flush(writer);
            }
        }
        AddMetadata(writer);
        Flush(writer);
    }

    private static void Flush(WalWriter writer)
    {
        if (!writer.TryWrite(out string error)) throw new IOException(error);
        writer.Begin();
    }

    private List<string> Sources(int last)
    {
        var sources = new List<string>();
        int from = 0;
        if (WalDirectory.Checkpoints(directory) is [.., var checkpoint])
        {
            string path = WalDirectory.CheckpointPath(directory, checkpoint);
            sources.AddRange(WalDirectory.Segments(path).Select(s => WalDirectory.SegmentPath(path, s)));
            from = checkpoint + 1;
        }
        sources.AddRange(WalDirectory.Segments(directory).Where(s => s >= from && s <= last).Select(s => WalDirectory.SegmentPath(directory, s)));
        return sources;
    }

    private ReadOnlySpan<byte> Filter(ReadOnlySpan<byte> record, Predicate<ulong> keepsSeries, long minTimeMs)
    {
        switch (RecordReader.TypeOf(record))
        {
            case RecordType.Series:
                FilterSeries(record, keepsSeries);
                break;
            case var type when RecordReader.HoldsSamples(type):
                FilterSamples(record, minTimeMs);
                break;
            case RecordType.Tombstones:
                FilterTombstones(record, keepsSeries, minTimeMs);
                break;
            case var type when RecordReader.HoldsHistograms(type):
                if (!TryFilterHistograms(record, minTimeMs)) return record;
                break;
            case RecordType.Exemplars:
                FilterExemplars(record, minTimeMs);
                break;
            case RecordType.Metadata:
                CollectMetadata(record, keepsSeries);
                return default;
            case RecordType.MmapMarkers:
                return default;
            default:
                // What later ones may write: kept as it is.
                return record;
        }
        return _kept.IsEmpty ? default : _kept.Record;
    }

    private void FilterSeries(ReadOnlySpan<byte> record, Predicate<ulong> keepsSeries)
    {
        var entries = new RecordReader(record);
        _kept.BeginSeries();
        while (entries.NextSeries(_builder, out ulong reference))
        {
            if (keepsSeries(reference)) _kept.AddSeries(reference, _builder.Build().Encoded);
        }
    }

    private void FilterSamples(ReadOnlySpan<byte> record, long minTimeMs)
    {
        const int leastSampleBytes = 10;
        var entries = new RecordReader(record);
        var type = RecordReader.TypeOf(record);
        bool hasStarts = RecordReader.HasStarts(type);
        if (hasStarts) _kept.BeginWithStarts(type);
        else _kept.BeginSamples(record.Length / leastSampleBytes + 1);
        while (entries.NextSample(out ulong reference, out long timestamp, out ulong bits))
        {
            if (timestamp < minTimeMs) continue;
            if (hasStarts) _kept.AddSample(reference, timestamp, entries.StartMs, bits);
            else _kept.AddSample(reference, timestamp, bits);
        }
    }

    // False for a record with a histogram of a schema that is not known yet: it is kept whole for those who know it.
    private bool TryFilterHistograms(ReadOnlySpan<byte> record, long minTimeMs)
    {
        var entries = new RecordReader(record);
        var type = RecordReader.TypeOf(record);
        bool hasStarts = RecordReader.HasStarts(type);
        if (hasStarts) _kept.BeginWithStarts(type);
        else _kept.BeginHistograms(type);
        while (entries.NextHistogram(out ulong reference, out long timestamp, out var histogram))
        {
            if (histogram is null) return false;
            if (timestamp < minTimeMs) continue;
            if (hasStarts) _kept.AddHistogram(reference, timestamp, entries.StartMs, histogram);
            else _kept.AddHistogram(reference, timestamp, histogram);
        }
        return true;
    }

    // Of each series only the newest counts, and that is known at the end.
    private void CollectMetadata(ReadOnlySpan<byte> record, Predicate<ulong> keepsSeries)
    {
        var entries = new RecordReader(record);
        while (entries.NextMetadata(out ulong reference, out var metadata))
        {
            if (keepsSeries(reference)) _metadata[reference] = metadata;
        }
    }

    private void AddMetadata(WalWriter writer)
    {
        if (_metadata.Count == 0) return;
        _kept.BeginMetadata();
        foreach (var (reference, metadata) in _metadata) _kept.AddMetadata(reference, metadata);
        writer.Add(_kept.Record);
    }

    private void FilterExemplars(ReadOnlySpan<byte> record, long minTimeMs)
    {
        var entries = new RecordReader(record);
        _kept.BeginExemplars();
        while (entries.NextExemplar(_builder, out ulong reference, out var exemplar))
        {
            if (exemplar.TimestampMs >= minTimeMs) _kept.AddExemplar(reference, exemplar);
        }
    }

    // A series that is gone for good takes its deletions along, which may say that all time is meant.
    private void FilterTombstones(ReadOnlySpan<byte> record, Predicate<ulong> keepsSeries, long minTimeMs)
    {
        var entries = new RecordReader(record);
        _kept.BeginTombstones();
        while (entries.NextTombstone(out ulong reference, out var range))
        {
            if (range.MaxMs >= minTimeMs && keepsSeries(reference)) _kept.AddTombstone(reference, range.MinMs, range.MaxMs);
        }
    }

    /// <summary>Removes what an interrupted checkpoint left: a half written one, or the segments and checkpoints that a finished one replaced.</summary>
    public void DeleteLeftovers()
    {
        if (!Directory.Exists(directory)) return;
        foreach (string path in Directory.GetDirectories(directory, "*" + WalDirectory.TemporarySuffix)) files.DeleteDirectory(path);
        if (WalDirectory.Checkpoints(directory) is [.., var newest]) DeleteCovered(newest);
    }

    private void DeleteCovered(int last)
    {
        foreach (int segment in WalDirectory.Segments(directory).Where(s => s <= last)) files.Delete(WalDirectory.SegmentPath(directory, segment));
        foreach (int checkpoint in WalDirectory.Checkpoints(directory).Where(c => c < last))
        {
            // Renamed first: half a checkpoint must not look like one.
            string path = WalDirectory.CheckpointPath(directory, checkpoint), doomed = path + WalDirectory.TemporarySuffix;
            files.MoveDirectory(path, doomed);
            files.DeleteDirectory(doomed);
        }
    }
}
