namespace Streamline.Storage.Snapshot;

/// <summary>What a snapshot says of itself: the log from <see cref="WalSegment"/> on holds all that came after it.</summary>
internal sealed record SnapshotHeader
{
    /// <summary>First segment of the log that is not in it.</summary>
    public required int WalSegment { get; init; }

    /// <summary>The newest series reference given out.</summary>
    public required ulong LastRef { get; init; }

    /// <summary>Samples before this time had left the head for blocks.</summary>
    public required long MinValidTime { get; init; }

    public required int Series { get; init; }

    public required int Labels { get; init; }

    /// <summary>Head chunk files, whole and checked, that its chunks may lie in.</summary>
    public required IReadOnlyList<(int Number, long Bytes, long MaxTime)> ChunkFiles { get; init; }

    /// <summary>References that the log may still name, with the newest segment that can.</summary>
    public required IReadOnlyList<(ulong Ref, int Until)> RefsToKeep { get; init; }

    public void Write(SnapshotWriter writer)
    {
        writer.Put(SnapshotFormat.Magic);
        writer.Put(WalSegment);
        writer.Put(LastRef);
        writer.Put(MinValidTime);
        writer.Put(Series);
        writer.Put(Labels);
        writer.Put(ChunkFiles.Count);
        foreach (var (number, bytes, maxTime) in ChunkFiles)
        {
            writer.Put(number);
            writer.Put(bytes);
            writer.Put(maxTime);
        }
        writer.Put(RefsToKeep.Count);
        foreach (var (reference, until) in RefsToKeep)
        {
            writer.Put(reference);
            writer.Put(until);
        }
        writer.EndFrame();
    }

    public static SnapshotHeader Read(ReadOnlySpan<byte> frame)
    {
        var reader = new FrameReader(frame);
        if (reader.UInt64() != SnapshotFormat.Magic) throw new FormatException("not a snapshot of this version");
        int segment = reader.Int32();
        ulong lastRef = reader.UInt64();
        long minValidTime = reader.Int64();
        int series = reader.Int32(), labels = reader.Int32();
        var files = new (int, long, long)[reader.Count(20)];
        for (int i = 0; i < files.Length; i++) files[i] = (reader.Int32(), reader.Int64(), reader.Int64());
        var refs = new (ulong, int)[reader.Count(12)];
        for (int i = 0; i < refs.Length; i++) refs[i] = (reader.UInt64(), reader.Int32());
        return new SnapshotHeader
        {
            WalSegment = segment,
            LastRef = lastRef,
            MinValidTime = minValidTime,
            Series = series,
            Labels = labels,
            ChunkFiles = files,
            RefsToKeep = refs,
        };
    }
}
