namespace Streamline.Storage.Head;

/// <summary>A series as it stood at one moment between two commits; its blocks stay readable while the reader is registered.</summary>
internal readonly record struct HeadCapture(byte[] Labels, int Slot, ulong Ref, nint Chunk, int Count, int Bytes) : IComparable<HeadCapture>
{
    public int CompareTo(HeadCapture other) => LabelsEncoding.Compare(Labels, other.Labels);
}

/// <summary>A chunk in native memory.</summary>
internal readonly record struct HeadChunk(nint Block, int Bytes, int Count, long MinTime)
{
    /// <summary>As in chunk files.</summary>
    public byte Encoding => Memory.ChunkBlock.Header(Block).Encoding;
}
