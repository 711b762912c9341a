using System.Buffers.Binary;
using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Storage.Tests.Blocks;
using Streamline.Storage.Wal;

namespace Streamline.Storage.Tests.Crash;

/// <summary>
/// Files that a hostile or broken program wrote: checksums are right, what they cover is not. Nothing but a typed error with file and offset, no memory without
/// bound, no hang. The seed is printed; another one comes from STREAMLINE_SEED, more rounds from STREAMLINE_ROUNDS.
/// </summary>
public sealed class FuzzTests
{
    private const long MostBytes = 64 << 20;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_SEED"), out int given) ? given : 20261122;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_ROUNDS"), out int given) ? given : 150;

    [Fact]
    public void Log_RecordsOfAnyBytes_AreReadOrRepaired()
    {
        var random = new Random(Seed);
        for (int round = 0; round < Rounds; round++)
        {
            using var s = new Scenario(failing: true);
            s.Crash();
            WriteLog(s.Wal, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Record.NotThrown(() => s.Open(DataFiles.Disk), $"seed {Seed}, round {round}");
            Record.NotThrown(() => Scenario.Read(s.Db, TimeRange.All), $"seed {Seed}, round {round}, reading");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"seed {Seed}, round {round}: too much memory");
            // The first entries of a record that makes no sense are in the head and then cut off; from here on nothing changes.
            string[] lines = s.CrashAndReopen().Read();
            string[] again = s.CrashAndReopen().Read();
            Assert.True(lines.SequenceEqual(again), $"seed {Seed}, round {round}:\n{string.Join('\n', lines)}\nthen\n{string.Join('\n', again)}\n{string.Join('\n', s.Log)}");
        }
    }

    [Fact]
    public void Log_AnyBytesWithoutFraming_AreReadOrRepaired()
    {
        var random = new Random(Seed);
        for (int round = 0; round < Rounds; round++)
        {
            using var s = new Scenario();
            for (int i = 0; i < 20; i++) s.Commit(($"a,i={i % 7}", Scenario.Start + i, i));
            s.Crash();
            byte[] bytes = File.ReadAllBytes(s.Segments[0]);
            File.WriteAllBytes(s.Segments[0], Mutate(bytes, random));
            Record.NotThrown(() => s.Open(), $"seed {Seed}, round {round}");
            Assert.All(s.Read(), l => Assert.StartsWith("{__name__=\"a\"", l, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Tombstones_AnyBody_IsReadOrRefused()
    {
        using var fixture = new BlockFixture();
        var random = new Random(Seed);
        var stones = Tombstones.None.With(Enumerable.Range(0, 50).Select(i => ((ulong)(i % 7), new TimeRange(i * 10, i * 10 + 5))));
        stones.Write(DataFiles.Disk, fixture.Path);
        string path = Path.Combine(fixture.Path, Tombstones.FileName);
        byte[] whole = File.ReadAllBytes(path);
        for (int round = 0; round < Rounds * 3; round++)
        {
            byte[] body = Mutate(whole[5..^4], random);
            File.WriteAllBytes(path, [.. whole[..5], .. body, .. Checksum(body)]);
            Record.Typed(() => Tombstones.Read(DataFiles.Disk, fixture.Path), path, $"seed {Seed}, round {round}");
        }
    }

    [Fact]
    public void Chunks_AnyBytes_AreReadOrRefused()
    {
        using var fixture = new BlockFixture();
        var random = new Random(Seed);
        var meta = fixture.Write(BlockFixture.Generate(1, 130), samplesPerChunk: 130)!;
        string path = Path.Combine(fixture.Path, meta.Ulid, "chunks", "000001");
        byte[] whole = File.ReadAllBytes(path);
        Assert.True(Varint.TryRead(whole.AsSpan(ChunkFiles.HeaderBytes), out ulong length, out int prefix));
        int from = ChunkFiles.HeaderBytes + prefix, to = from + 1 + (int)length;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] chunk = Mutate(whole[from..to], random, sameLength: true);
            File.WriteAllBytes(path, [.. whole[..from], .. chunk, .. Checksum(chunk)]);
            Record.Typed(() => ReadAll(fixture, meta), path, $"seed {Seed}, round {round}");
        }
    }

    /// <summary>Each part of an index that has a checksum of its own, changed under a checksum that fits.</summary>
    [Fact]
    public void Index_AnySection_IsReadOrRefused()
    {
        using var fixture = new BlockFixture();
        var random = new Random(Seed);
        var meta = fixture.Write(BlockFixture.Generate(20, 130))!;
        string path = Path.Combine(fixture.Path, meta.Ulid, "index");
        byte[] whole = File.ReadAllBytes(path);
        var sections = SectionsOf(whole);
        Assert.True(sections.Count > 40);
        for (int round = 0; round < Rounds * 3; round++)
        {
            var (start, end) = sections[random.Next(sections.Count)];
            byte[] section = Mutate(whole[start..end], random, sameLength: true);
            byte[] changed = [.. whole[..start], .. section, .. Checksum(section), .. whole[(end + 4)..]];
            File.WriteAllBytes(path, changed);
            Record.Typed(() => ReadAll(fixture, meta), Path.Combine(fixture.Path, meta.Ulid), $"seed {Seed}, round {round}, section {start}..{end}");
        }
    }

    [Fact]
    public void Meta_AnyBytes_AreReadOrRefused()
    {
        using var fixture = new BlockFixture();
        var random = new Random(Seed);
        var meta = fixture.Write(BlockFixture.Generate(1, 10))!;
        string directory = Path.Combine(fixture.Path, meta.Ulid), path = Path.Combine(directory, BlockMeta.FileName);
        byte[] whole = File.ReadAllBytes(path);
        for (int round = 0; round < Rounds * 3; round++)
        {
            File.WriteAllBytes(path, Mutate(whole, random));
            Record.Typed(() => BlockMeta.Read(DataFiles.Disk, directory), path, $"seed {Seed}, round {round}");
        }
    }

    private static void ReadAll(BlockFixture fixture, BlockMeta meta)
    {
        using var block = fixture.Open(meta);
        using var set = block.Select([], TimeRange.All, SelectHints.None);
        for (int i = 0; i < set.Count; i++)
        {
            using var cursor = set.Open(i);
            BlockFixture.Read(cursor);
        }
        block.LabelValues("instance", [new LabelMatcher(MatchOperator.Regex, "job", "n.*")], TimeRange.All);
        block.LabelNames([], TimeRange.All);
    }

    private static byte[] Checksum(byte[] bytes)
    {
        byte[] sum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32C.Of(bytes));
        return sum;
    }

    /// <summary>Ranges that are followed by their own checksum: symbols, series, postings lists, the tables.</summary>
    private static List<(int Start, int End)> SectionsOf(byte[] index)
    {
        var found = new List<(int, int)>();
        for (int at = 0; at + 8 < index.Length; at++)
        {
            // Sections say their length in four bytes, series in a varint; both are found by the checksum that fits.
            long length = BinaryPrimitives.ReadUInt32BigEndian(index.AsSpan(at));
            Add(at + 4, length);
            if (at % 16 == 0 && Varint.TryRead(index.AsSpan(at), out ulong short1, out int prefix)) Add(at + prefix, (long)Math.Min(short1, int.MaxValue));
        }
        return found;

        void Add(int start, long length)
        {
            if (length <= 0 || start + length + 4 > index.Length) return;
            int end = start + (int)length;
            if (Crc32C.Of(index.AsSpan(start..end)) == BinaryPrimitives.ReadUInt32BigEndian(index.AsSpan(end))) found.Add((start, end));
        }
    }

    private static void WriteLog(string directory, Random random)
    {
        using var writer = new WalWriter(DataFiles.Disk, directory, 1, 1 << 20, FsyncPolicy.Never, new WalCounters(), TimeProvider.System);
        var series = new RecordBuffer();
        series.BeginSeries();
        for (ulong i = 1; i < 6; i++) series.AddSeries(i, Scenario.Series($"a,i={i}").Encoded);
        var samples = new RecordBuffer();
        samples.BeginSamples(20);
        for (int i = 0; i < 20; i++) samples.AddSample((ulong)(i % 5 + 1), Scenario.Start + i * 1000, (ulong)i);
        var stones = new RecordBuffer();
        stones.BeginTombstones();
        for (int i = 0; i < 4; i++) stones.AddTombstone((ulong)i, Scenario.Start + i, Scenario.Start + i * 100);
        byte[][] honest = [series.Record.ToArray(), samples.Record.ToArray(), stones.Record.ToArray()];
        writer.Begin();
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            byte[] record = honest[random.Next(honest.Length)];
            if (random.Next(3) > 0) record = Mutate(record, random);
            if (random.Next(4) == 0) record[0] = (byte)random.Next(16);
            writer.Add(record);
        }
        Assert.True(writer.TryWrite(out string error), error);
    }

    private static byte[] Mutate(byte[] bytes, Random random, bool sameLength = false)
    {
        var changed = bytes.ToList();
        for (int i = random.Next(1, 5); i > 0 && changed.Count > 1; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(sameLength ? 3 : 6))
            {
                case 0:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 2:
                    // Lengths at their limits.
                    for (int k = at; k < Math.Min(at + random.Next(1, 10), changed.Count); k++) changed[k] = (byte)(random.Next(2) * 255);
                    break;
                case 3:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 40), changed.Count - at));
                    break;
                case 4:
                    changed.InsertRange(at, changed.GetRange(0, Math.Min(changed.Count, random.Next(1, 40))));
                    break;
                default:
                    changed.AddRange(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (byte)random.Next(256)));
                    break;
            }
        }
        return changed.Count == 0 ? [0] : [.. changed];
    }

    private static class Record
    {
        public static void NotThrown(Action action, string what)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                Assert.Fail($"{what}: {error}");
            }
        }

        /// <summary>Nothing, or corruption of a file under a path; and little memory.</summary>
        public static void Typed(Action action, string path, string what)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                action();
            }
            catch (NotSupportedException error) when (error.Message.Contains("encoding", StringComparison.Ordinal))
            {
                // One that Prometheus knows and this version does not.
            }
            catch (StorageCorruptionException error)
            {
                Assert.True(error.File.StartsWith(path, StringComparison.Ordinal) && error.Offset >= 0, $"{what}: {error.Message}");
            }
            catch (Exception error)
            {
                Assert.Fail($"{what}: {error}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostBytes, $"{what}: {allocated} bytes");
        }
    }
}
