using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Index;
using static Streamline.Storage.Tests.Encoding.NaiveXor2;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Encoding;

public sealed class Xor2WriterTests
{
    private readonly Xor2Writer _writer = new();

    [Fact]
    public void Write_GeneratedWalks_ReadBack_AndAreBitForBitThoseOfTheDescription()
    {
        for (int seed = 0; seed < 600; seed++)
        {
            var samples = Walk(seed);
            byte[] chunk = Write(samples);
            Assert.Equal(samples.Select(Text), Decode(chunk).Select(Text));
            // Longer ones without a change of the start have no start times here.
            if (samples.Count <= 128) Assert.True(Encode(samples).AsSpan().SequenceEqual(chunk), $"seed {seed}");
        }
    }

    [Fact]
    public void Write_WithoutStarts_IsAsWithUnknownOnes()
    {
        var samples = Walk(3);
        Assert.Equal(Write(samples), _writer.Write([.. samples.Select(v => v.Time)], [.. samples.Select(v => v.Value)], []).ToArray());
    }

    [Fact]
    public void Write_ManySamplesWithoutStarts_TakesABitEach()
    {
        long[] times = [.. Enumerable.Range(0, 1000).Select(i => i * 15_000L)];
        byte[] chunk = _writer.Write(times, new double[1000], []).ToArray();
        Assert.InRange(chunk.Length, 125, 150);
        Assert.Equal(times, Decode(chunk).Select(v => v.Time));
    }

    [Fact]
    public void Blocks_AreOfTheChosenEncoding_AndReadAsBefore()
    {
        using var s = new Scenario(o => o with { FloatChunks = FloatChunkEncoding.Xor2, OutOfOrderWindowMs = 10 * Hour });
        Fill(s, 0, 4);
        s.Commit(("a", Start + 5000, 77), ("late", Start + 1, 5));
        string[] before = s.Read();
        s.Db.Maintain();
        Assert.NotEmpty(s.Db.Blocks);
        Assert.Equal([Xor2Reader.EncodingId], s.Db.Blocks.SelectMany(b => EncodingsOf(s, b.Ulid)).Distinct());
        Assert.Equal(before, s.Read());
        // Back to the one that everybody reads: from the next block on, and old blocks stay as they are.
        s.Db.FloatChunks = FloatChunkEncoding.Xor;
        Fill(s, 4, 8);
        before = s.Read();
        s.Db.Maintain();
        Assert.Equal([XorChunk.EncodingId], EncodingsOf(s, s.Db.Blocks.Last(b => b.Level == 1).Ulid).Distinct());
        for (int i = 0; i < 10; i++) s.Db.Maintain();
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Fact]
    public void Compaction_OfOverlappingBlocks_WritesTheChosenEncoding_AndKeepsStartTimes()
    {
        using var s = new Scenario(o => o with { FloatChunks = FloatChunkEncoding.Xor2 });
        s.Db.Dispose();
        var samples = Enumerable.Range(0, 100).Select(i => (Time: Start + i * 30_000L, Value: i % 9 == 0 ? StaleMarker.Value : i % 5, Start: Start - 1000L * (i / 20))).ToList();
        WriteBlock(s, samples.Where((_, i) => i % 2 == 0));
        WriteBlock(s, samples.Where((_, i) => i % 2 == 1));
        s.Open(o => o with { FloatChunks = FloatChunkEncoding.Xor });
        s.Db.Maintain();
        var block = Assert.Single(s.Db.Blocks);
        Assert.Equal(2, block.Level);
        // Encoding 1 could not hold the start times.
        Assert.Equal([Xor2Reader.EncodingId], EncodingsOf(s, block.Ulid).Distinct());
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var (times, values) = (new long[5], new double[5]);
        var found = new List<(long, double, long)>();
        for (int read; (read = cursor.Next(times, values)) > 0;)
        {
            for (int i = 0; i < read; i++) found.Add((times[i], values[i], cursor.StartTimestamps[i]));
        }
        Assert.Equal(samples.Select(Text), found.Select(Text));
    }

    private byte[] Write(List<(long Time, double Value, long Start)> samples) =>
        _writer.Write([.. samples.Select(v => v.Time)], [.. samples.Select(v => v.Value)], [.. samples.Select(v => v.Start)]).ToArray();

    private void WriteBlock(Scenario s, IEnumerable<(long Time, double Value, long Start)> samples)
    {
        var list = samples.ToList();
        using var writer = new BlockWriter(new DataFiles(), s.Options.Path, TimeProvider.System, new BlockOrigin(Start, Start + 2 * Hour));
        writer.StartSeries(Series("a"));
        writer.AddChunk(list[0].Time, list[^1].Time, Write(list), Xor2Reader.EncodingId);
        Assert.NotNull(writer.Finish());
    }

    private static void Fill(Scenario s, int fromHours, int toHours)
    {
        for (long t = fromHours * Hour; t < toHours * Hour; t += 15_000) s.Commit(("a", Start + t, Math.Round(Math.Sin(t / 1e6), 2)), ("b", Start + t + t % 7, t / 1000), ("late", Start + t, 1));
    }

    private static List<byte> EncodingsOf(Scenario s, string ulid)
    {
        var found = new List<byte>();
        using var block = BlockReader.Open(DataFiles.Disk, Path.Combine(s.Options.Path, ulid));
        using var scan = block.Scan();
        while (scan.Next())
        {
            foreach (ChunkMeta chunk in scan.Chunks)
            {
                scan.Read(chunk, out byte encoding);
                found.Add(encoding);
            }
        }
        return found;
    }
}
