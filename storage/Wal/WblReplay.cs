using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Head;
using Streamline.Storage.OutOfOrder;

namespace Streamline.Storage.Wal;

/// <summary>
/// Fills the out-of-order head from its log, after the write-ahead log has named the series. Markers say which chunks are in head chunk files: such a one takes
/// the place of the same chunk in memory. All samples are in the log too, so that nothing is lost where a file does not hold the chunk any more.
/// </summary>
internal sealed class WblReplay(HeadStore head, IReadOnlyDictionary<ulong, int> slots, DataFiles files, string directory, WalCounters counters)
{
    private readonly HashSet<ulong> _unknown = [];

    /// <summary>The library for records packed with it.</summary>
    public Zstd? Zstd { get; init; } = Zstd.Installed;

    public long Samples { get; private set; }

    public int Segments { get; private set; }

    /// <summary>Number for the next segment to write.</summary>
    public int NextSegment { get; private set; }

    public void Run(LogRepair repair)
    {
        var segments = WalDirectory.Segments(directory);
        if (segments.Count == 0) return;
        // Prometheus refuses a log with a gap: what comes next follows the last one kept.
        NextSegment = repair.Run(segments, 0, ReadSegment) + 1;
        counters.UnknownSeries.Add(_unknown.Count);
    }

    private void ReadSegment(string path)
    {
        Segments++;
        using var reader = new WalReader(files, path, Zstd);
        reader.ReadAll(Load);
    }

    private void Load(ReadOnlySpan<byte> record)
    {
        switch (RecordReader.TypeOf(record))
        {
            case var type when RecordReader.HoldsSamples(type):
                LoadSamples(record);
                break;
            case var type when RecordReader.HoldsHistograms(type):
                LoadHistograms(record);
                break;
            case RecordType.MmapMarkers:
                LoadMarkers(record);
                break;
            default:
                // What Prometheus reads over too.
                break;
        }
    }

    private void LoadSamples(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextSample(out ulong reference, out long timestamp, out ulong bits))
        {
            if (TrySlot(reference, counters.UnknownSamples, out int slot)) Add(slot, new OutOfOrderSample(timestamp, BitConverter.UInt64BitsToDouble(bits), null));
        }
    }

    private void LoadHistograms(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextHistogram(out ulong reference, out long timestamp, out var histogram))
        {
            if (histogram is null) counters.SkippedHistograms.Add(1);
            else if (TrySlot(reference, counters.UnknownHistograms, out int slot)) Add(slot, new OutOfOrderSample(timestamp, histogram.Sum, histogram));
        }
    }

    private void LoadMarkers(ReadOnlySpan<byte> record)
    {
        var entries = new RecordReader(record);
        while (entries.NextMarker(out ulong reference, out ulong chunk))
        {
            if (TrySlot(reference, counters.UnknownMarkers, out int slot)) head.ReplayMarker(slot, chunk);
        }
    }

    private void Add(int slot, in OutOfOrderSample sample)
    {
        if (head.ReplayLate(slot, sample)) Samples++;
    }

    private bool TrySlot(ulong reference, Counter unknown, out int slot)
    {
        if (slots.TryGetValue(reference, out slot)) return true;
        unknown.Add(1);
        // Not given to another series, which would get these samples at the next start.
        if (_unknown.Add(reference)) head.Series.SkipRef(reference);
        return false;
    }
}
