using Streamline.Storage.HeadChunks;
using Streamline.Storage.Wal;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Snapshot;

public sealed class HeadSnapshotTests
{
    private const int Series = 60;

    private static string FilePath(Scenario s) => Path.Combine(s.Options.Path, "streamline", "head.snapshot");

    private static bool WasUsed(Scenario s)
    {
        bool used = s.Log.Any(l => l.Contains("snapshot of the head read", StringComparison.Ordinal));
        s.Log.Clear();
        return used;
    }

    private static void Fill(Scenario s, int from, int to, int series = Series)
    {
        for (int step = from; step < to; step++)
        {
            var samples = new (string, long, double)[series];
            for (int i = 0; i < series; i++) samples[i] = ($"m{i % 5},i={i},parity={i % 2}", Start + step * 15_000L + i, Math.Sin(step * (i + 1)) * 1000);
            Assert.Equal(series, s.Commit(samples).Accepted);
        }
    }

    /// <summary>Everything that can be seen of a database, with and without the snapshot.</summary>
    private static string[] View(Scenario s) =>
    [
        .. s.Read(),
        .. s.Read(new LabelMatcher(MatchOperator.Equal, "parity", "1"), new LabelMatcher(MatchOperator.Regex, "__name__", "m[1-3]")),
        .. s.Db.LabelNames([], TimeRange.All),
        .. s.Db.LabelValues("i", [new LabelMatcher(MatchOperator.Equal, "__name__", "m2")], TimeRange.All),
        $"{s.Db.Status(3).NumSeries} {s.Db.Status(3).NumLabelPairs} {s.Db.Status(3).ChunkCount} {s.Db.Status(3).MinTimeMs} {s.Db.Status(3).MaxTimeMs}",
    ];

    [Fact]
    public void CleanRestart_UsesIt_AndSeesTheSame()
    {
        using var s = new Scenario();
        Fill(s, 0, 400);
        s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "i", "7")], new TimeRange(Start, Start + 3_000_000));
        s.Head.MapOutAll();
        string[] before = View(s);
        ulong last = s.Resolve("m0,i=0,parity=0").Ref;
        s.Reopen();
        Assert.True(WasUsed(s));
        Assert.Equal(before, View(s));
        Assert.Equal(last, s.Resolve("m0,i=0,parity=0").Ref);
        Assert.True(s.Resolve("new").Ref > Series);
        // Duplicates and disorder are told as before.
        Assert.Equal(1, s.Commit(("m0,i=0,parity=0", Start + 399 * 15_000L, Math.Sin(399) * 1000)).Accepted);
        Assert.Equal(1, s.Commit(("m0,i=0,parity=0", Start + 399 * 15_000L, 1)).RejectedBy(RejectReason.Duplicate));
        // Open chunks go on where they were.
        Fill(s, 400, 900);
        s.Head.MapOutAll();
        before = View(s);
        s.Crash();
        File.Delete(FilePath(s));
        s.Open();
        Assert.False(WasUsed(s));
        Assert.Equal(before[..^1], View(s)[..^1]);
    }

    [Fact]
    public void Kill_AfterAStartWithIt_ReadsTheLogBehindIt()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 64 << 10 });
        Fill(s, 0, 90);
        s.Reopen();
        for (int round = 0; round < 4; round++)
        {
            // Chunks that were open in the snapshot fill up and go to files; series come that it does not know.
            Fill(s, 90 + round * 60, 150 + round * 60);
            Assert.Equal(1, s.Commit(($"extra,n={round}", Start + (150 + round * 60) * 15_000L, round)).Accepted);
            s.Db.Delete([new LabelMatcher(MatchOperator.Equal, "i", $"{round}")], new TimeRange(Start, Start + 15_000 * (round + 1)));
            string[] before = View(s);
            s.Log.Clear();
            s.CrashAndReopen();
            Assert.True(WasUsed(s));
            Assert.Equal(before, View(s));
        }
        string[] all = View(s);
        s.Reopen();
        Assert.True(WasUsed(s));
        Assert.Equal(all, View(s));
    }

    [Fact]
    public void Truncation_ShortensTheLogBeyondIt_AndItIsDropped()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10 });
        Fill(s, 0, 200);
        s.Reopen();
        byte[] old = File.ReadAllBytes(FilePath(s));
        Fill(s, 200, 1100);
        s.Db.Maintain();
        Assert.NotEmpty(s.Db.Blocks);
        string[] before = View(s);
        s.Log.Clear();
        s.CrashAndReopen();
        Assert.False(WasUsed(s));
        Assert.False(File.Exists(FilePath(s)));
        Assert.Equal(before[..^1], View(s)[..^1]);
        s.Reopen();
        Assert.True(WasUsed(s));
        Assert.Equal(before[..^1], View(s)[..^1]);
        s.Crash();
        File.WriteAllBytes(FilePath(s), old);
        s.Open();
        Assert.False(WasUsed(s));
        Assert.Equal(before[..^1], View(s)[..^1]);
    }

    [Fact]
    public void BlockCutBetween_WithTheLogStillThere_LeavesOnlyWhatTheHeadHolds()
    {
        // One large segment: nothing of the log can go, so the snapshot of before the cut still fits.
        using var s = new Scenario();
        Fill(s, 0, 300);
        s.Reopen();
        Fill(s, 300, 800);
        s.Db.Maintain();
        Assert.NotEmpty(s.Db.Blocks);
        string[] before = View(s);
        s.Log.Clear();
        s.CrashAndReopen();
        Assert.Equal(before[..^1], View(s)[..^1]);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("short")]
    [InlineData("magic")]
    [InlineData("chunks")]
    [InlineData("log")]
    [InlineData("garbage")]
    public void WhatDoesNotFit_IsPutAside(string damage)
    {
        using var s = new Scenario();
        Fill(s, 0, 300);
        s.Reopen();
        Fill(s, 300, 310);
        string[] before = View(s);
        s.Crash();
        byte[] bytes = File.ReadAllBytes(FilePath(s));
        switch (damage)
        {
            case "flip": bytes[bytes.Length / 2] ^= 4; break;
            case "short": bytes = bytes[..^9]; break;
            case "magic": bytes[SnapshotHeaderStart] ^= 1; break;
            case "garbage": new Random(3).NextBytes(bytes.AsSpan(100)); break;
            case "chunks": File.Delete(HeadChunkFiles.PathOf(Path.Combine(s.Options.Path, "chunks_head"), 1)); break;
            case "log": WalRename(s); break;
            default: throw new ArgumentException(damage);
        }
        File.WriteAllBytes(FilePath(s), bytes);
        s.Log.Clear();
        s.Open();
        Assert.Contains(s.Log, l => l.Contains("snapshot of the head is not used", StringComparison.Ordinal));
        Assert.False(WasUsed(s));
        Assert.Equal(before[..^1], View(s)[..^1]);
        s.Reopen();
        Assert.True(WasUsed(s));
        Assert.Equal(before[..^1], View(s)[..^1]);
    }

    private const int SnapshotHeaderStart = 8;

    // The same records under higher numbers: the log of somebody else.
    private static void WalRename(Scenario s)
    {
        foreach (string path in s.Segments.Reverse()) File.Move(path, WalDirectory.SegmentPath(s.Wal, int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture) + 40));
    }

    [Fact]
    public void AnotherProgramsLogBehindIt_ThatNamesUnknownSeries_IsReadFromItsBeginning()
    {
        using var s = new Scenario();
        Fill(s, 0, 50);
        s.Reopen();
        s.Crash();
        // A sample of a series that the log names before the snapshot's end, but that had none then: as Prometheus may write it.
        var record = new RecordBuffer();
        record.BeginSamples(1);
        record.AddSample(999, Start + 900_000, 1);
        using (var writer = new WalWriter(Storage.Files.DataFiles.Disk, s.Wal, 7, 1 << 20, FsyncPolicy.Never, new WalCounters(), TimeProvider.System))
        {
            writer.Begin();
            writer.Add(record.Record);
            Assert.True(writer.TryWrite(out _));
        }
        s.Log.Clear();
        s.Open();
        Assert.False(WasUsed(s));
    }

    [Fact]
    public void ReadOnly_NeitherUsesNorTouchesIt()
    {
        using var s = new Scenario();
        Fill(s, 0, 150);
        s.Reopen();
        string[] before = s.Read();
        byte[] file = File.ReadAllBytes(FilePath(s));
        using (var reader = Tsdb.Open(s.Options with { ReadOnly = true })) Assert.Equal(before, Read(reader, TimeRange.All));
        Assert.Equal(file, File.ReadAllBytes(FilePath(s)));
    }
}
