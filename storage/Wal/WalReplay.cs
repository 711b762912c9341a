using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Head;

namespace Streamline.Storage.Wal;

/// <summary>Fills a head from the newest checkpoint and the segments behind it, cutting off a torn or damaged tail unless the directory is only read.</summary>
internal sealed class WalReplay(HeadStore head, DataFiles files, string directory, bool readOnly, WalCounters counters, Action<TsdbLogLevel, string> log)
{
    /// <summary>The library for records packed with it.</summary>
    public Zstd? Zstd { get; init; } = Zstd.Installed;

    /// <summary>The first segment to read, when the head has what lies before it already; 0 reads all, the checkpoint first.</summary>
    public int From { get; init; }

    private readonly Dictionary<ulong, int> _slots = [];
    private readonly LabelsBuilder _builder = new();
    private readonly ReplaySummary _summary = new();

    /// <exception cref="StorageCorruptionException">A checkpoint is damaged: it was written whole, so this is not a crash's doing.</exception>
    /// <exception cref="ZstdMissingException">A record needs a library that is not installed; nothing is changed then.</exception>
    public ReplaySummary Run()
    {
        int from = From;
        if (From > 0)
        {
            _summary.NextSegment = From;
            TakeSeries();
        }
        else if (WalDirectory.Checkpoints(directory) is [.., var checkpoint])
        {
            string path = WalDirectory.CheckpointPath(directory, checkpoint);
            foreach (int segment in WalDirectory.Segments(path)) ReadSegment(WalDirectory.SegmentPath(path, segment));
            from = checkpoint + 1;
            _summary.NextSegment = from;
        }
        var segments = WalDirectory.Segments(directory);
        // Prometheus refuses a log with a gap: what comes next follows the last one kept.
        int last = new LogRepair("write-ahead log", files, directory, readOnly, counters, log).Run(segments, from, ReadSegment);
        if (last >= 0) _summary.NextSegment = last + 1;
        head.Counters.UnknownRefs.Add(_summary.UnknownRefs);
        counters.SkippedHistograms.Add(_summary.SkippedHistograms);
        if (_summary.SkippedHistograms > 0)
            log(TsdbLogLevel.Warning, $"{directory}: {_summary.SkippedHistograms} native histograms of unknown schemas were skipped");
        head.EndReplay();
        _summary.Slots = _slots;
        return _summary;
    }

    private void TakeSeries()
    {
        _slots.EnsureCapacity(head.Series.SlotCount);
        for (int slot = 0; slot < head.Series.SlotCount; slot++) _slots[head.Series.Lines.At(slot).Ref] = slot;
    }

    private void ReadSegment(string path)
    {
        _summary.Segments++;
        using var reader = new WalReader(files, path, Zstd);
        reader.ReadAll(Load);
    }

    private void Load(ReadOnlySpan<byte> record)
    {
        switch (RecordReader.TypeOf(record))
        {
            case RecordType.Series:
                LoadSeries(record);
                break;
            case var type when RecordReader.HoldsSamples(type):
                LoadSamples(record);
                break;
            case RecordType.Tombstones:
                LoadTombstones(record);
                break;
            case var type when RecordReader.HoldsHistograms(type):
                LoadHistograms(record);
                break;
            case RecordType.Exemplars:
                LoadExemplars(record);
                break;
            case RecordType.Metadata:
                LoadMetadata(record);
                break;
            case RecordType.MmapMarkers:
                break;
            default:
                // Prometheus reads over types it does not know, and so do we.
                break;
        }
    }

    private void LoadSeries(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextSeries(_builder, out ulong reference))
        {
            int slot = head.ReplaySeries(reference, _builder.Build());
            _slots[reference] = slot;
            if (head.Series.Lines.At(slot).Ref != reference) _summary.Aliases.Add(reference);
            _summary.SeriesRecords++;
        }
    }

    private void LoadSamples(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextSample(out ulong reference, out long timestamp, out ulong bits))
        {
            if (!_slots.TryGetValue(reference, out int slot)) _summary.UnknownRefs++;
            else if (head.ReplaySample(slot, timestamp, bits)) _summary.Samples++;
        }
        head.ReclaimDuringReplay();
    }

    private void LoadHistograms(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextHistogram(out ulong reference, out long timestamp, out var histogram))
        {
            if (histogram is null) _summary.SkippedHistograms++;
            else if (!_slots.TryGetValue(reference, out int slot)) _summary.UnknownRefs++;
            else if (head.ReplayHistogram(slot, timestamp, histogram)) _summary.Histograms++;
        }
        head.ReclaimDuringReplay();
    }

    private void LoadExemplars(ReadOnlySpan<byte> record)
    {
        if (head.Exemplars.Capacity == 0) return;
        var entries = new RecordReader(record);
        while (entries.NextExemplar(_builder, out ulong reference, out var exemplar))
        {
            if (_slots.TryGetValue(reference, out int slot)) head.ReplayExemplar(slot, exemplar);
            else _summary.UnknownRefs++;
        }
    }

    private void LoadMetadata(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextMetadata(out ulong reference, out var metadata))
        {
            if (_slots.TryGetValue(reference, out int slot)) head.ReplayMetadata(slot, metadata);
        }
    }

    private void LoadTombstones(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        HashSet<int>? evicted = null;
        while (entries.NextTombstone(out ulong reference, out var range))
        {
            // Not given out again, also where the log has lost its series.
            head.Series.SkipRef(reference);
            if (!_slots.TryGetValue(reference, out int slot)) continue;
            if (range == HeadStore.Evicted) (evicted ??= []).Add(slot);
            else head.Tombstones.Add(head.Series.Lines.At(slot).Ref, range);
        }
        if (evicted is not null) Evict(evicted);
    }

    // What comes of these label sets later is a new series' under a new reference; the log still names the old ones.
    private void Evict(HashSet<int> slots)
    {
        foreach (var (reference, slot) in _slots)
        {
            if (!slots.Contains(slot)) continue;
            _slots.Remove(reference);
            _summary.Evicted.Add((reference, head.Series.Lines.At(slot).State.Timestamp));
        }
        head.ReplayEviction(slots);
        head.ReclaimDuringReplay();
    }
}
