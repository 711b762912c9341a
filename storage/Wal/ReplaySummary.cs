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

    /// <summary>References of no series in the head that later segments may still name: whose label set came first under another one, or has left since.</summary>
    public List<ulong> Aliases { get; } = [];

    /// <summary>The slots of the series by every reference that the log names them with.</summary>
    public IReadOnlyDictionary<ulong, int> Slots { get; set; } = new Dictionary<ulong, int>();

    /// <summary>Number for the next segment to write.</summary>
    public int NextSegment { get; set; }
}
