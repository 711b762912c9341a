namespace Streamline.Storage.Memory;

/// <summary>A chunk that does not change, in this process: who has it (0 the head, else a block's <see cref="Blocks.BlockReader.Id"/>) and its reference there.</summary>
internal readonly record struct ChunkKey(int Owner, ulong Ref)
{
    /// <summary>Owner of the chunks in head chunk files.</summary>
    public const int Head = 0;

    /// <summary>64 bits, each of them as good as another.</summary>
    public ulong Mixed
    {
        get
        {
            ulong mixed = (Ref ^ (ulong)(uint)Owner << 40) * 0x9E3779B97F4A7C15;
            return (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93;
        }
    }
}
