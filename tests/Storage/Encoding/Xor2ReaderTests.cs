using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using static Streamline.Storage.Tests.Encoding.NaiveXor2;

namespace Streamline.Storage.Tests.Encoding;

/// <summary>Encoding 4, read as <see cref="NaiveXor2"/> writes it.</summary>
public sealed class Xor2ReaderTests
{
    [Fact]
    public void Next_ThreeSamples_GoldenBytes()
    {
        // Header: 3 samples, start byte 0. 1000 as zigzag varint, 1.0, delta 15000; value unchanged 0; then dod 1: 110 and 13 bits, value stale 111.
        var chunk = Bytes("0000000000000011" + "00000000" + "1101000000001111" + "0011111111110000" + new string('0', 48) + "1001100001110101" + "0" + "110" + "0000000000001" + "111");
        Assert.Equal([(1000, 1.0, 0), (16000, 1.0, 0), (31001, StaleMarker.Value, 0)], Decode(chunk));
    }

    [Fact]
    public void Next_GeneratedWalks_WithAndWithoutStartTimes()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var samples = Walk(seed);
            Assert.Equal(samples.Select(Text), Decode(Encode(samples)).Select(Text));
        }
    }

    [Fact]
    public void Next_FlippedAndCutBytes_NeverThrowNorHang()
    {
        var random = new Random(3);
        var (times, values, starts) = (new long[9], new double[9], new long[9]);
        for (int n = 0; n < 2000; n++)
        {
            byte[] bytes = Encode(Walk(n % 50));
            bytes = bytes[..random.Next(bytes.Length + 1)];
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 2; flips--) bytes[random.Next(2, bytes.Length)] ^= (byte)(1 << random.Next(8));
            var reader = new Xor2Reader();
            reader.Open(bytes);
            while (reader.Next(bytes, times, values, starts) > 0) { }
        }
    }

    [Fact]
    public void Block_WithEncoding4_ReadVerifiedAndCompacted()
    {
        using var s = new Scenario();
        s.Db.Dispose();
        long from = Scenario.Start;
        var samples = Walk(3).Select((v, i) => (Time: from + i * 15_000, v.Value, Start: from - 1000)).ToList();
        byte[] chunk = Encode(samples);
        using (var writer = new BlockWriter(new DataFiles(), s.Options.Path, TimeProvider.System, new BlockOrigin(from, from + 2 * Scenario.Hour)))
        {
            writer.StartSeries(Scenario.Series("a"));
            writer.AddChunk(samples[0].Time, samples[^1].Time, chunk, Xor2Reader.EncodingId);
            var meta = writer.Finish()!;
            Assert.Equal((samples.Count, samples.Count, 0), (meta.Stats.NumSamples, meta.Stats.NumFloatSamples, meta.Stats.NumHistogramSamples));
        }
        using (var block = StoredBlock.Open(StoredBlock.PathsIn(s.Options.Path)[0])) Assert.Empty(block.Verify());
        s.Open();
        Assert.Equal(samples.Select(v => (v.Time, v.Start)), StartsOf(s.Db));
        var expected = samples.Select(v => (v.Time, v.Value)).ToList();
        using (var set = s.Db.Select([], TimeRange.All, SelectHints.None)) Assert.Equal(expected, Scenario.Samples(set, 0));
        s.Db.Delete([], new TimeRange(expected[2].Time, expected[3].Time));
        expected.RemoveRange(2, 2);
        s.Db.CleanTombstones();
        using (var set = s.Db.Select([], TimeRange.All, SelectHints.None)) Assert.Equal(expected, Scenario.Samples(set, 0));
    }

    private static List<(long, long)> StartsOf(Tsdb db)
    {
        using var set = db.Select([], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var (times, values) = (new long[5], new double[5]);
        var found = new List<(long, long)>();
        for (int read; (read = cursor.Next(times, values)) > 0;) found.AddRange(times[..read].Zip(cursor.StartTimestamps.ToArray()));
        return found;
    }
}
