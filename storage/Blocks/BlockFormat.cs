namespace Streamline.Storage.Blocks;

/// <summary>What can be chosen of a new block's files.</summary>
/// <param name="Floats">How floats are encoded that are not copied from another block.</param>
/// <param name="MaxSegmentBytes">Size of a chunk segment file.</param>
internal sealed record BlockFormat(FloatChunkEncoding Floats, int MaxSegmentBytes)
{
    /// <summary>Told of each chunk of a block of level 1: bytes, samples, milliseconds from the first to the last.</summary>
    public Action<int, int, long>? ChunkWritten { get; init; }

    public static BlockFormat Usual { get; } = new(FloatChunkEncoding.Xor, ChunkFiles.MaxSegmentBytes);
}
