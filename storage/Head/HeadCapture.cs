namespace Streamline.Storage.Head;

/// <summary>A series as it stood at one moment between two commits; its blocks stay readable while the reader is registered.</summary>
internal readonly record struct HeadCapture(byte[] Labels, ulong Ref, nint Chunk, int Count, int Bytes) : IComparable<HeadCapture>
{
    public int CompareTo(HeadCapture other) => Compare(Labels, other.Labels);

    /// <summary>Order of <see cref="Storage.Labels.CompareTo"/> on the encoded forms.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int order = LabelsEncoding.Read(ref left).SequenceCompareTo(LabelsEncoding.Read(ref right));
            if (order != 0) return order;
        }
        return left.Length.CompareTo(right.Length);
    }
}

/// <summary>A chunk in native memory.</summary>
internal readonly record struct HeadChunk(nint Block, int Bytes, int Count, long MinTime)
{
    /// <summary>As in chunk files.</summary>
    public byte Encoding => Memory.ChunkBlock.Header(Block).Encoding;
}
