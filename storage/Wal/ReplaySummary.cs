namespace Streamline.Storage.Wal;

/// <summary>What a replay has read.</summary>
internal sealed class ReplaySummary
{
    public int Segments { get; set; }

    /// <summary>The log was read from where a snapshot of the head ends.</summary>
    public bool FromSnapshot { get; set; }

    public long SeriesRecords { get; set; }

    public long Samples { get; set; }

    public long UnknownRefs { get; set; }

    public long Histograms { get; set; }

    /// <summary>Histograms of a schema that nobody knows yet.</summary>
    public long SkippedHistograms { get; set; }

    /// <summary>References whose label set came first under another one; later segments may still name them.</summary>
    public List<ulong> Aliases { get; } = [];

    /// <summary>References of series that have left the head before their time, with that of their last sample.</summary>
    public List<(ulong Ref, long EndMs)> Evicted { get; } = [];

    /// <summary>The slots of the series by every reference that the log names them with.</summary>
    public IReadOnlyDictionary<ulong, int> Slots { get; set; } = new Dictionary<ulong, int>();

    /// <summary>Number for the next segment to write.</summary>
    public int NextSegment { get; set; }
}
