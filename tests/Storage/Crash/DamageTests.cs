using Streamline.Storage.Blocks;
using Streamline.Storage.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>Files that are not what was written: what is still whole is served, and what is wrong is said with file and offset.</summary>
public sealed class DamageTests
{
    /// <summary>Blocks of two levels, tombstones, a checkpoint and segments; closed in good order.</summary>
    private static CrashScenario Lived(int hours = 14)
    {
        var s = new CrashScenario(StoreLife.Configure);
        StoreLife.Live(s, 0, hours);
        s.Check("before the damage");
        return s;
    }

    private static void Flip(string path, long offset)
    {
        using var file = DataFiles.Disk.OpenWrite(path);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, file.Read(one, offset));
        one[0] ^= (byte)(1 << (int)(offset % 8));
        file.Write(one, offset);
    }

    private static string BlockFile(CrashScenario s, string name) => Path.Combine(s.Db.Blocks[0].Path, name);

    [Theory]
    [InlineData("index", 0)]
    [InlineData("index", 40)]
    [InlineData("index", -10)]
    [InlineData("tombstones", 6)]
    [InlineData("chunks/000001", 1)]
    [InlineData("meta.json", 0)]
    public void FlippedBit_InABlock_LeavesOutThatBlockAlone(string name, int offset)
    {
        using var s = Lived();
        if (name == "tombstones") s.Delete("a,x=2", s.Db.Blocks[0].MinTimeMs, s.Db.Blocks[0].MinTimeMs + Hour);
        var block = s.Db.Blocks[0];
        string file = BlockFile(s, name);
        s.Kill();
        Flip(file, offset < 0 ? new FileInfo(file).Length + offset : offset);
        s.Start();
        Assert.DoesNotContain(block.Ulid, s.Db.Blocks.Select(b => b.Ulid));
        Assert.Contains(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains(file, StringComparison.Ordinal) && l.Contains("offset", StringComparison.Ordinal));
        s.Ledger.Age(block.MaxTimeMs);
        Assert.Empty(s.Ledger.Check(s.Db));
        int said = s.Log.Count;
        s.Maintain();
        Assert.DoesNotContain(s.Log.Skip(said), l => l.Contains(block.Ulid, StringComparison.Ordinal));
        Assert.True(Directory.Exists(block.Path));
    }

    [Fact]
    public void FlippedBit_InAChunk_FailsTheQueryAndNothingElse()
    {
        using var s = Lived();
        string file = BlockFile(s, "chunks/000001");
        s.Kill();
        Flip(file, ChunkFiles.HeaderBytes + 20);
        s.Start();
        var error = Assert.Throws<StorageCorruptionException>(() => s.Ledger.Check(s.Db));
        Assert.Equal((file, true), (error.File, error.Offset >= ChunkFiles.HeaderBytes));
        Assert.NotEmpty(Read(s.Db, new TimeRange(s.Db.Blocks[0].MaxTimeMs, long.MaxValue)));
    }

    [Fact]
    public void RepairedBlock_ComesBack()
    {
        using var s = Lived();
        string file = BlockFile(s, "index");
        s.Kill();
        Flip(file, 3);
        s.Start();
        int blocks = s.Db.Blocks.Count;
        Flip(file, 3);
        s.Maintain();
        Assert.Equal(blocks + 1, s.Db.Blocks.Count);
        s.Check("after the repair");
    }

    /// <summary>A child that cannot be read replaces nothing: its parents are still there when a crash came between the two.</summary>
    [Fact]
    public void DamagedChild_DoesNotTakeItsParentsAway()
    {
        using var s = new CrashScenario(StoreLife.Configure);
        s.Files.On("move ULID", Files.Fault.KillBefore);
        StoreLife.Live(s);
        Assert.True(s.Files.IsKilled);
        string child = Directory.GetDirectories(s.Path, "01*").Single(d => BlockMeta.Read(DataFiles.Disk, d).Compaction.Parents is not null);
        Flip(Path.Combine(child, "index"), 3);
        s.Restart();
        Assert.Empty(s.Ledger.Check(s.Db));
        Assert.DoesNotContain(Path.GetFileName(child), s.Db.Blocks.Select(b => b.Ulid));
    }

    [Fact]
    public void FlippedBit_InTheCheckpoint_StopsTheStart()
    {
        using var s = Lived();
        s.Kill();
        string file = Path.Combine(Directory.GetDirectories(Path.Combine(s.Path, "wal")).Single(), "00000000");
        Flip(file, 12);
        var error = Assert.Throws<StorageCorruptionException>(s.Start);
        Assert.Equal((file, 0), (error.File, error.Offset));
        Flip(file, 12);
        s.Start();
        s.Check("after the repair");
    }

    [Fact]
    public void FlippedBit_InTheLog_KeepsAllBeforeIt_AndNothingWrong()
    {
        using var s = Lived();
        s.Kill();
        string file = Directory.GetFiles(Path.Combine(s.Path, "wal")).Order().Last(f => new FileInfo(f).Length > 100);
        Flip(file, new FileInfo(file).Length / 2 + 9);
        s.Start();
        Assert.Empty(s.Ledger.Check(s.Db, mayLose: true));
        Assert.Contains(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains(file, StringComparison.Ordinal) && l.Contains("offset", StringComparison.Ordinal));
        int kept = s.Ledger.Kept;
        s.Commit(("later", Start + 20 * Hour, 1));
        s.Restart();
        Assert.Empty(s.Ledger.Check(s.Db, mayLose: true));
        Assert.Equal(kept + 1, s.Ledger.Kept);
        Assert.Contains(Read(s.Db, TimeRange.All), l => l.StartsWith("{__name__=\"later\"", StringComparison.Ordinal));
    }

    /// <summary>Head chunk files and the head's snapshot take nothing's place: whatever happens to them, the log and the blocks have it all.</summary>
    [Fact]
    public void Damage_OfHeadChunksOrSnapshot_LosesNothing()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_SEED"), out int given) ? given : 20261122;
        var random = new Random(seed);
        using var s = Lived();
        s.Db.Dispose();
        string[] files = [.. Directory.GetFiles(Path.Combine(s.Path, "chunks_head")), .. Directory.GetFiles(Path.Combine(s.Path, "streamline"))];
        Assert.True(files.Length > 1, string.Join(' ', files));
        for (int i = 0; i < 60; i++)
        {
            using var copy = s.Copy();
            string file = Path.Combine(copy.Path, Path.GetRelativePath(s.Path, files[random.Next(files.Length)]));
            long length = new FileInfo(file).Length, offset = random.NextInt64(length);
            if (i % 3 == 0) Cut(file, offset);
            else Flip(file, offset);
            copy.Start();
            var problems = s.Ledger.Check(copy.Db);
            Assert.True(problems.Count == 0, $"seed {seed}, {file} of {length} at {offset}:\n{string.Join('\n', problems)}\n{string.Join('\n', copy.Log)}");
        }
    }

    private static void Cut(string path, long length)
    {
        using var file = DataFiles.Disk.OpenWrite(path);
        file.SetLength(length);
    }

    /// <summary>Any bit of any file: a typed error, or answers that are right as far as they go.</summary>
    [Fact]
    public void FlippedBit_Anywhere_NeverGivesWrongSamples()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("STREAMLINE_SEED"), out int given) ? given : 20261122;
        var random = new Random(seed);
        using var s = Lived();
        s.Kill();
        string[] files = [.. Directory.GetFiles(s.Path, "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 0 && !f.Contains("snapshots", StringComparison.Ordinal) && !f.EndsWith(BlockMeta.FileName, StringComparison.Ordinal)).Order()];
        for (int i = 0; i < 120; i++)
        {
            using var copy = s.Copy();
            string file = Path.Combine(copy.Path, Path.GetRelativePath(s.Path, files[random.Next(files.Length)]));
            long offset = random.NextInt64(new FileInfo(file).Length);
            Flip(file, offset);
            try
            {
                copy.Start();
                var problems = s.Ledger.Check(copy.Db, mayLose: true);
                Assert.True(problems.Count == 0, $"seed {seed}, {file} at {offset}:\n{string.Join('\n', problems)}");
            }
            catch (StorageCorruptionException error)
            {
                Assert.Equal(file, error.File);
            }
        }
    }
}
