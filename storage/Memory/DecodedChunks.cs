using Streamline.Storage.Index;

namespace Streamline.Storage.Memory;

/// <summary>
/// Chunks that queries have decoded, kept as columns in native memory: a dashboard asks for the same hours again and again, and a copy costs a tenth of reading,
/// checking and decoding. Only chunks that never change come here. Bounded; what is not read again goes first. Thread safe.
/// </summary>
internal sealed class DecodedChunks
{
    // Two threads of a query and a few queries at a time: enough that they rarely meet. Three bits of a key choose.
    private const int Shards = 8;

    // Entries of series are as small as one chunk of eight.
    private const int SeriesShare = 8;

    private readonly DecodedShard[] _shards = new DecodedShard[Shards];
    private long _maxBytes;

    public DecodedChunks(long maxBytes)
    {
        for (int i = 0; i < Shards; i++) _shards[i] = new DecodedShard();
        MaxBytes = maxBytes;
    }

    /// <summary>Most bytes kept; 0 keeps nothing. What is over a lowered bound is given up at once.</summary>
    public long MaxBytes
    {
        get => Volatile.Read(ref _maxBytes);
        set
        {
            Volatile.Write(ref _maxBytes, value);
            foreach (var shard in _shards) shard.Limit(value / Shards);
            Series.MaxBytes = value / SeriesShare;
        }
    }

    /// <summary>Entries of the series that queries select, an eighth of the bound beside the chunks.</summary>
    public SeriesEntries Series { get; } = new();

    /// <summary>Bytes of chunks kept.</summary>
    public long UsedBytes => _shards.Sum(s => s.UsedBytes);

    /// <summary>Chunks that were found.</summary>
    public long Hits => _shards.Sum(s => s.Hits);

    /// <summary>Chunks that were asked for and not there.</summary>
    public long Misses => _shards.Sum(s => s.Misses);

    /// <summary>Asks the processor for the chunk's place, long before <see cref="TryCopy"/>.</summary>
    public void PrefetchSlot(in ChunkKey key) => ShardOf(key.Mixed).PrefetchSlot((uint)key.Mixed);

    /// <summary>Asks for its first samples, a little before <see cref="TryCopy"/>.</summary>
    public void PrefetchBlock(in ChunkKey key) => ShardOf(key.Mixed).PrefetchBlock((uint)key.Mixed);

    /// <summary>Copies the samples of a chunk from one on, as many as fit; how many, 0 when the chunk is not here, and whether they are its last.</summary>
    public int TryCopy(in ChunkKey key, int from, Span<long> timestamps, Span<double> values, out bool isEnd) =>
        ShardOf(key.Mixed).TryCopy(key, (uint)key.Mixed, from, timestamps, values, out isEnd);

    /// <summary>Keeps a whole chunk, if there is room for it or it was missed before.</summary>
    public void Add(in ChunkKey key, ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values) => ShardOf(key.Mixed).Add(key, (uint)key.Mixed, timestamps, values);

    private DecodedShard ShardOf(ulong mixed) => _shards[mixed >> 61];
}
