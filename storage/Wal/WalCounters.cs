using Streamline.Storage.Head;

namespace Streamline.Storage.Wal;

/// <summary>What the log has done since the start.</summary>
internal sealed class WalCounters
{
    public Counter BytesWritten { get; } = new();

    public Counter PageFlushes { get; } = new();

    public Counter WritesFailed { get; } = new();

    /// <summary>Times that forcing the log to the disk failed.</summary>
    public Counter SyncsFailed { get; } = new();

    public Counter Corruptions { get; } = new();

    public Counter Truncations { get; } = new();

    public Counter TruncationsFailed { get; } = new();

    public Counter Checkpoints { get; } = new();

    public Counter CheckpointsFailed { get; } = new();

    /// <summary>Times that what a checkpoint has replaced was to be deleted.</summary>
    public Counter CheckpointDeletions { get; } = new();

    public Counter CheckpointDeletionsFailed { get; } = new();

    public Counter SkippedHistograms { get; } = new();

    /// <summary>Series that a replay met and did not know, and their samples. Of the WBL; the WAL's are the head's.</summary>
    public Counter UnknownSeries { get; } = new();

    public Counter UnknownSamples { get; } = new();

    public Counter UnknownHistograms { get; } = new();

    public Counter UnknownMarkers { get; } = new();

    /// <summary>Told of each forced write; set once at start.</summary>
    public Action<TimeSpan> FsyncDone { get; set; } = static _ => { };
}
