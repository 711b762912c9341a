using Streamline.Storage.Memory;

namespace Streamline.Storage.Tests;

public sealed class DecodedChunksTests
{
    [Theory]
    [InlineData(15_000, 0)]
    [InlineData(15_000, 7)]
    [InlineData(1, 0)]
    public void TryCopy_GivesWhatWasAdded_InPieces(int step, int jitter)
    {
        var chunks = new DecodedChunks(1 << 20);
        var (times, values) = Chunk(120, step, jitter);
        chunks.Add(new ChunkKey(3, 88), times, values);

        Assert.Equal(0, chunks.TryCopy(new ChunkKey(4, 88), 0, new long[120], new double[120], out _));
        foreach (int piece in (int[])[1, 50, 119, 120, 500]) Assert.Equal(Pairs(times, values), InPieces(chunks, new ChunkKey(3, 88), piece));
        Assert.Equal((5, 1), (chunks.Hits, chunks.Misses));
    }

    [Fact]
    public void Add_KeepsNothing_WhereTimesAreTooFarApartOrFall()
    {
        var chunks = new DecodedChunks(1 << 20);
        chunks.Add(new ChunkKey(1, 1), [0, 1L << 33], [1, 2]);
        chunks.Add(new ChunkKey(1, 2), [5, 4], [1, 2]);
        chunks.Add(new ChunkKey(1, 3), [], []);
        Assert.Equal(0, chunks.UsedBytes);
    }

    [Fact]
    public void Limit_GivesMemoryBack_AndIsKept()
    {
        var chunks = new DecodedChunks(1 << 20);
        var (times, values) = Chunk(120, 1000, 0);
        for (ulong i = 0; i < 5000; i++) chunks.Add(new ChunkKey(1, i), times, values);
        Assert.InRange(chunks.UsedBytes, 900 << 10, 1 << 20);
        chunks.MaxBytes = 0;
        Assert.Equal(0, chunks.UsedBytes);
        chunks.Add(new ChunkKey(1, 1), times, values);
        Assert.Equal(0, chunks.UsedBytes);
    }

    [Fact]
    public void ChunksReadAgainAndAgain_OutliveALongWalk()
    {
        var chunks = new DecodedChunks(1 << 20);
        var (times, values) = Chunk(120, 1000, 0);
        for (ulong i = 0; i < 200; i++) chunks.Add(new ChunkKey(1, i), times, values);
        for (int walk = 0; walk < 5; walk++)
        {
            for (ulong i = 0; i < 200; i++) Assert.Equal(120, chunks.TryCopy(new ChunkKey(1, i), 0, new long[120], new double[120], out _));
            for (ulong i = 0; i < 3000; i++) chunks.Add(new ChunkKey(2, (ulong)walk * 10_000 + i), times, values);
        }
        Assert.Equal(1000, chunks.Hits);
    }

    [Fact]
    public void RandomUse_NeverGivesAnotherChunksSamples()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var chunks = new DecodedChunks(256 << 10);
        int found = 0;
        for (int i = 0; i < 60_000; i++)
        {
            var key = new ChunkKey(random.Next(3), (ulong)random.Next(700));
            var (times, values) = Chunk(40 + (int)key.Ref % 150, 1000 + key.Owner, (int)(key.Ref % 2), key.Ref + (ulong)key.Owner * 1000);
            long[] readTimes = new long[times.Length];
            double[] readValues = new double[times.Length];
            if (random.Next(3) == 0) chunks.Add(key, times, values);
            else if (chunks.TryCopy(key, 0, readTimes, readValues, out bool isEnd) > 0)
            {
                found++;
                Assert.True(isEnd, $"seed {seed}, step {i}");
                Assert.Equal(Pairs(times, values), Pairs(readTimes, readValues));
            }
            Assert.InRange(chunks.UsedBytes, 0, 256 << 10);
        }
        Assert.InRange(found, 1000, 60_000);
    }

    private static List<(long, double)> Pairs(long[] times, double[] values) => [.. times.Zip(values)];

    private static List<(long, double)> InPieces(DecodedChunks chunks, ChunkKey key, int piece)
    {
        var times = new List<long>();
        var values = new List<double>();
        bool isEnd = false;
        while (!isEnd)
        {
            long[] someTimes = new long[piece];
            double[] someValues = new double[piece];
            int copied = chunks.TryCopy(key, times.Count, someTimes, someValues, out isEnd);
            Assert.InRange(copied, 1, piece);
            times.AddRange(someTimes[..copied]);
            values.AddRange(someValues[..copied]);
        }
        return Pairs([.. times], [.. values]);
    }

    private static (long[] Times, double[] Values) Chunk(int count, int step, int jitter, ulong first = 9)
    {
        long[] times = new long[count];
        double[] values = new double[count];
        for (int i = 0; i < count; i++) (times[i], values[i]) = (1_700_000_000_000 + (long)i * step + i % 3 * jitter, first + i / 7.0);
        return (times, values);
    }
}
