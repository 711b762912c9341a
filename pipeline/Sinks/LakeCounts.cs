using Streamline.Storage;

namespace Streamline.Pipeline.Sinks;

/// <summary>What a lake sink has done since start, and what waits now.</summary>
internal readonly record struct LakeCounts
{
    public long Blocks { get; init; }

    public long Rows { get; init; }

    public long Files { get; init; }

    public long Bytes { get; init; }

    public long Dropped { get; init; }

    public long Failures { get; init; }

    public int PendingBlocks { get; init; }

    public long PendingBytes { get; init; }

    /// <summary>End of the newest block exported; 0 before the first.</summary>
    public long NewestMs { get; init; }

    public string? LastError { get; init; }

    public LakeCounts With(LakePart part, BlockInfo block) => this with
    {
        Blocks = Blocks + 1,
        Rows = Rows + part.Rows,
        Files = Files + part.Files.Count,
        Bytes = Bytes + part.Files.Sum(f => f.Bytes),
        NewestMs = Math.Max(NewestMs, block.MaxTimeMs),
        LastError = null,
    };
}
