namespace Streamline.Storage;

/// <summary>What happens to the head's data as it ages.</summary>
public sealed partial class Tsdb
{
    private readonly Lock _maintenance = new();
    // Series that left the head, with the newest segment then: until that segment is gone the log may name them. Guarded by _maintenance.
    private readonly Dictionary<ulong, int> _refsToKeep = [];

    /// <summary>A block has been cut from the head (or found placed by hand) and can be read. Raised on the thread that maintains.</summary>
    public event Action<BlockInfo>? BlockWritten;

    /// <summary>The blocks in use, by minimum time.</summary>
    public IReadOnlyList<BlockInfo> Blocks { get; private set; } = [];

    /// <summary>One pass of head cut, truncation, loading of blocks and retention. The host calls it from a timer.</summary>
    public void Maintain()
    {
        lock (_maintenance)
        {
            foreach (var block in Blocks) BlockWritten?.Invoke(block);
        }
    }

    private void OpenBlocks() => Blocks = [];

    private void CloseBlocks() => Blocks = [];

    private long NewestBlockEnd() => Blocks.Count > 0 ? Blocks[^1].MaxTimeMs : long.MinValue;
}
