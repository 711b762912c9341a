using Streamline.Storage.Encoding;
using Streamline.Storage.HeadChunks;
using Streamline.Storage.Histograms;

namespace Streamline.Storage.OutOfOrder;

/// <summary>
/// A finished piece of a series' out-of-order samples: packed as a chunk when it was full, and that chunk may be in a head chunk file (<see cref="Chunk"/>, 0 when it
/// is not); else, or with histograms in it, as it stood (<see cref="Raw"/>). Parts may overlap each other in time; never changes.
/// </summary>
internal readonly record struct OutOfOrderPart(OutOfOrderChunk? Raw, byte[] Data, int Count, long MinTime, long MaxTime, ulong Chunk = 0, int ChunkBytes = 0)
{
    // What a part takes whose chunk is in a file.
    private const int PlaceBytes = 56;

    public bool IsMapped => Chunk != 0;

    /// <summary>Packed and in memory.</summary>
    public bool IsPacked => Raw is null && Chunk == 0;

    /// <summary>The same with its chunk in a file.</summary>
    public OutOfOrderPart InFile(ulong chunk) => this with { Data = [], Chunk = chunk, ChunkBytes = Data.Length };

    public static OutOfOrderPart AsItIs(OutOfOrderChunk chunk) => new(chunk, [], chunk.Count, chunk.MinTime, chunk.MaxTime);

    public bool HasHistograms => Raw is { HasHistograms: true };

    /// <summary>About what it takes in memory.</summary>
    public long Bytes
    {
        get
        {
            if (Raw is null) return PlaceBytes + Data.Length;
            long bytes = Count * (long)(sizeof(long) + sizeof(double));
            foreach (var histogram in Raw.Histograms)
            {
                if (histogram is not null) bytes += BytesOfHistogram + HistogramFacts.Buckets(histogram) * (long)sizeof(double);
            }
            return bytes;
        }
    }

    // The object and its arrays, without the buckets.
    private const int BytesOfHistogram = 250;

    /// <summary>Packs a full chunk into the form that blocks have.</summary>
    public static OutOfOrderPart Packed(OutOfOrderChunk chunk)
    {
        if (chunk.HasHistograms) return AsItIs(chunk);
        Span<byte> buffer = stackalloc byte[XorChunk.HeaderBytes + OutOfOrderChunk.MostSamples * XorChunk.MaxSampleBytes];
        var state = XorState.Empty;
        var times = chunk.Times;
        var values = chunk.Values;
        for (int i = 0; i < times.Length; i++) XorChunk.TryAppend(buffer, ref state, times[i], values[i]);
        return new(null, buffer[..state.ByteLength].ToArray(), chunk.Count, chunk.MinTime, chunk.MaxTime);
    }

    public bool Overlaps(TimeRange range) => MinTime <= range.MaxMs && MaxTime >= range.MinMs;

    /// <summary>Writes times and values of all samples to the front of the columns, which have room for <see cref="Count"/>.</summary>
    /// <param name="timestamps">Times.</param>
    /// <param name="values">Values.</param>
    /// <param name="windows">Where chunks are that are in files; null when none are.</param>
    /// <exception cref="StorageCorruptionException">The file does not hold the chunk any more.</exception>
    public void Decode(Span<long> timestamps, Span<double> values, HeadChunkWindows? windows)
    {
        if (Raw is not null)
        {
            Raw.Times.CopyTo(timestamps);
            Raw.Values.CopyTo(values);
            return;
        }
        var data = IsMapped ? windows!.Read(Chunk, ChunkBytes).Span : Data;
        var reader = XorReader.Open(data);
        int filled = 0;
        for (int read; filled < Count; filled += read)
        {
            read = reader.Next(data, timestamps[filled..Count], values[filled..Count]);
            if (read <= 0) throw new StorageCorruptionException("head", MinTime, "out-of-order chunk does not decode");
        }
    }
}
