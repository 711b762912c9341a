using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class MaintainTests
{
    /// <summary>Three series every ten seconds over some hours; the third one ends early.</summary>
    private static void Fill(Scenario s, double fromHours, double toHours)
    {
        for (long t = (long)(fromHours * Hour); t < (long)(toHours * Hour); t += 10_000)
        {
            s.Commit(("a,x=1", Start + t, Math.Sin(t)), ("a,x=2", Start + t, t));
            if (t < Hour) s.Commit(("short", Start + t, t));
        }
    }

    [Fact]
    public void FullRange_BecomesABlock_AndReadsAsBefore()
    {
        using var s = new Scenario();
        var written = new List<BlockInfo>();
        s.Db.BlockWritten += written.Add;
        Fill(s, 0, 3);
        s.Db.Maintain();
        Assert.Empty(written);
        Fill(s, 3, 3.1);
        string[] before = s.Read();
        s.Db.Maintain();
        var block = Assert.Single(written);
        Assert.Equal((Start, Start + 2 * Hour, 720 + 720 + 360, 3, 1), (block.MinTimeMs, block.MaxTimeMs, block.NumSamples, block.NumSeries, block.Level));
        Assert.Equal([block], s.Db.Blocks);
        Assert.Equal(Start + 2 * Hour, s.Db.Status(1).MinTimeMs);
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
        Assert.Equal(["short"], s.Db.LabelValues("__name__", [new LabelMatcher(MatchOperator.NotEqual, "__name__", "a")], TimeRange.All));
        Assert.Equal(1, s.Commit(("a,x=1", Start + 2 * Hour - 1, 1)).RejectedBy(RejectReason.OutOfBounds));
    }

    [Fact]
    public void LockFileOfADeadProcess_IsTakenOverWithAWarning()
    {
        var log = new List<string>();
        using var s = new Scenario(o => o with { Log = (level, text) => log.Add($"{level}: {text}") });
        s.Reopen();
        Assert.DoesNotContain(log, l => l.StartsWith("Warning", StringComparison.Ordinal));
        s.CrashAndReopen();
        Assert.Single(log, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains(Path.Combine(s.Options.Path, "lock"), StringComparison.Ordinal));
    }

    [Fact]
    public void CommitThatFillsTheHead_TellsThatACutIsDue_OncePerCut()
    {
        using var s = new Scenario();
        int told = 0;
        s.Db.MaintenanceDue += () => told++;
        Fill(s, 0, 3);
        Assert.Equal(0, told);
        Fill(s, 3, 4.5);
        Assert.Equal(1, told);
        s.Db.Maintain();
        Fill(s, 4.5, 5);
        Assert.Equal(1, told);
        Fill(s, 5, 5.1);
        Assert.Equal(2, told);
    }

    [Fact]
    public void ReaderFromBeforeTheCut_ReadsOnUndisturbed()
    {
        using var s = new Scenario();
        Fill(s, 0, 4);
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        var expected = Enumerable.Range(0, set.Count).Select(i => Samples(set, i).Count).ToArray();
        s.Db.Maintain();
        // The memory that truncation gave back is written over by now, were it free.
        Fill(s, 4, 6);
        s.Db.Maintain();
        Assert.Equal(2, s.Db.Blocks.Count);
        Assert.Equal(expected, Enumerable.Range(0, set.Count).Select(i => Samples(set, i).Count));
    }

    [Fact]
    public void SeriesWithoutSamples_LeaveTheHeadAtTheSecondCut_UnlessInUse()
    {
        using var s = new Scenario();
        var gone = s.Resolve("gone");
        var used = s.Resolve("used");
        s.Commit(("gone", Start, 1), ("used", Start, 1));
        Fill(s, 0, 3.5);
        s.Db.Maintain();
        Assert.True(s.Db.IsLive(used));
        Assert.NotNull(s.Db.LabelsOf(gone));
        Fill(s, 3.5, 5.5);
        s.Db.Maintain();
        Assert.True(s.Db.IsLive(used));
        Assert.False(s.Db.IsLive(gone));
        Assert.Null(s.Db.LabelsOf(gone));
        var batch = new SampleBatch("test");
        batch.Add(gone, Start + 6 * Hour, 1);
        batch.Add(used, Start + 6 * Hour, 1);
        Assert.Equal((1, 1), (s.Db.Commit(batch).Accepted, s.Db.Commit(batch).RejectedBy(RejectReason.StaleHandle)));
        var again = s.Resolve("gone");
        Assert.True(again.Ref > used.Ref);
        Assert.Equal(1, s.Commit(("gone", Start + 6 * Hour, 2)).Accepted);
        Assert.Equal([$"{{__name__=\"gone\"}} 0=1 {6 * Hour}=2"], s.CrashAndReopen().Read(new LabelMatcher(MatchOperator.Equal, "__name__", "gone")));
    }

    [Fact]
    public void Truncation_WritesACheckpoint_AndNothingIsLost()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 32 << 10, RetentionMs = 0 });
        for (int hours = 0; hours < 14; hours++)
        {
            Fill(s, hours, hours + 1);
            s.Commit(($"new,h={hours}", Start + hours * Hour, 1));
            s.Db.Maintain();
            if (hours % 3 == 2) s.CrashAndReopen();
        }
        Assert.Single(Directory.GetDirectories(s.Wal));
        Assert.True(s.Segments.Length < 30, $"{s.Segments.Length} segments");
        string[] before = s.Read();
        Assert.Equal(2 + 1 + 14, before.Length);
        Assert.Equal(14 * 360, before[0].Split(' ').Length - 2);
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.Contains("unknown", StringComparison.Ordinal) || l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public void Retention_DropsBlocksCountedFromTheNewest()
    {
        using var s = new Scenario(o => o with { RetentionMs = 4 * Hour });
        for (int hours = 0; hours < 12; hours += 2) Fill(s, hours, hours + 2);
        s.Db.Maintain();
        Assert.Equal([6 * Hour, 8 * Hour], s.Db.Blocks.Select(b => b.MinTimeMs - Start).ToArray()[^2..]);
        long newest = s.Db.Blocks[^1].MaxTimeMs;
        Assert.All(s.Db.Blocks, b => Assert.True(newest - b.MaxTimeMs < 4 * Hour));
        Assert.Equal(s.Db.Blocks.Count, Directory.GetDirectories(s.Options.Path, "01*").Length);
    }

    [Fact]
    public void BlockPlacedByHand_IsLoadedAndReported_LeftoversAreDeleted()
    {
        using var source = new Scenario();
        Fill(source, 0, 4);
        source.Db.Maintain();
        var block = source.Db.Blocks[0];
        using var s = new Scenario();
        s.Commit(("own", Start + 30 * Hour, 1));
        var found = new List<BlockInfo>();
        s.Db.BlockWritten += found.Add;
        Directory.Move(block.Path, Path.Combine(s.Options.Path, block.Ulid));
        string leftover = Path.Combine(s.Options.Path, block.Ulid[..^1] + "Z.tmp-for-deletion");
        Directory.CreateDirectory(leftover);
        s.Db.Maintain();
        Assert.Equal(block.Ulid, Assert.Single(found).Ulid);
        Assert.Equal(4, s.Read().Length);
        s.Reopen();
        Assert.False(Directory.Exists(leftover));
        Assert.Equal(4, s.Read().Length);
    }
}
