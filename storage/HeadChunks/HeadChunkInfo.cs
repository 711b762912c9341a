namespace Streamline.Storage.HeadChunks;

/// <summary>What a head chunk file says of a chunk besides its data. Times are those of the first and the last sample.</summary>
internal readonly record struct HeadChunkInfo(ulong SeriesRef, long MinTime, long MaxTime, byte Encoding, bool OutOfOrder = false);
