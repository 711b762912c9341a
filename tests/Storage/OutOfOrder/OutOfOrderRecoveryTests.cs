using Streamline.Storage.Files;
using Streamline.Storage.Wal;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

public sealed class OutOfOrderRecoveryTests
{
    private static Scenario Window(double hours) => new(o => o with { OutOfOrderWindowMs = (long)(hours * Hour), RetentionMs = 0 });

    private static string WblOf(Scenario s) => Path.Combine(s.Options.Path, "wbl");

    /// <summary>One series in order, one that gets late samples all over the window.</summary>
    private static void Fill(Scenario s, double fromHours, double toHours, int seed = 1)
    {
        var random = new Random(seed);
        for (long t = (long)(fromHours * Hour); t < (long)(toHours * Hour); t += 30_000)
        {
            s.Commit(("a", Start + t, t), ("late", Start + t, t));
            long late = t - random.Next(1, (int)(2 * Hour));
            Assert.Equal(1, s.Commit(("late", Start + late, late)).Accepted);
        }
    }

    [Fact]
    public void Crash_AfterLateCommits_EverySampleIsThereOnce()
    {
        using var s = Window(3);
        Fill(s, 0, 1);
        string[] before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
        s.Commit(("late", Start + 17, 17), ("new", Start - Hour, 1));
        Assert.Contains(" 17=17 ", s.CrashAndReopen().Read()[1], StringComparison.Ordinal);
        Assert.Equal($"{{__name__=\"new\"}} {-Hour}=1", s.Read()[2]);
        Assert.Equal(2, Directory.GetFiles(WblOf(s)).Length);
    }

    [Fact]
    public void Replay_GoesOnWithTheWindowClosed()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 10, 1), ("a", Start + 5, 2));
        s.Crash();
        using var closed = Tsdb.Open(s.Options with { OutOfOrderWindowMs = 0 });
        Assert.Equal(["{__name__=\"a\"} 5=2 10=1"], Read(closed, TimeRange.All));
    }

    [Fact]
    public void HeadCut_TakesTheLateSamplesAlong_IntoBlocksOfTheirTimes()
    {
        using var s = Window(3);
        var written = new List<BlockInfo>();
        s.Db.BlockWritten += written.Add;
        Fill(s, 0, 3.2);
        string[] before = s.Read();
        s.Db.Maintain();
        // The head's range, then what was late: two hours before, the same two hours, and the two still open in the head.
        Assert.Equal((Start, 480L), (written[0].MinTimeMs, written[0].NumSamples));
        Assert.Equal([Start - 2 * Hour, Start, Start + 2 * Hour], written.Skip(1).Select(b => b.MinTimeMs).Order());
        Assert.All(written, b => Assert.Equal((b.MinTimeMs + 2 * Hour, 1), (b.MaxTimeMs, b.Level)));
        Assert.Equal(before, s.Read());
        Assert.Single(Directory.GetFiles(WblOf(s)));
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
        Fill(s, 3.2, 7, seed: 2);
        before = s.Read();
        for (int i = 0; i < 8; i++) s.Db.Maintain();
        Assert.Equal(before, s.Read());
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void SamplesThatComeWhileTheBlocksAreWritten_StayInTheHead()
    {
        using var s = Window(3);
        Fill(s, 0, 3.2);
        int blocks = 0;
        s.Db.BlockWritten += _ =>
        {
            if (blocks++ == 1) Assert.Equal(1, s.Commit(("late", Start + 2 * Hour + 12_345, -1)).Accepted);
        };
        s.Db.Maintain();
        string[] after = s.Read();
        Assert.Contains($" {2 * Hour + 12_345}=-1 ", after[1], StringComparison.Ordinal);
        Assert.Equal(after, s.CrashAndReopen().Read());
    }

    [Fact]
    public void Reader_FromBeforeTheCut_ReadsOnUndisturbed()
    {
        using var s = Window(3);
        Fill(s, 0, 3.2);
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        var expected = Enumerable.Range(0, 2).Select(i => Samples(set, i)).ToArray();
        s.Db.Maintain();
        Fill(s, 3.2, 6, seed: 3);
        s.Db.Maintain();
        Assert.Equal(expected, Enumerable.Range(0, 2).Select(i => Samples(set, i)));
    }

    [Fact]
    public void SeriesOfLateSamplesOnly_StaysUntilABlockHasThem_ThenLeaves()
    {
        using var s = Window(24);
        s.Commit(("a", Start, 1));
        var late = s.Resolve("only");
        Assert.Equal(1, s.Commit(("only", Start - 5 * Hour, 7)).Accepted);
        string[] expected = [$"{{__name__=\"only\"}} {-5 * Hour}=7"];
        LabelMatcher[] only = [new LabelMatcher(MatchOperator.Equal, "__name__", "only")];
        for (int hours = 1; hours < 12; hours++)
        {
            Fill(s, hours, hours + 1);
            s.Db.Maintain();
            Assert.Equal(expected, s.Read(only));
        }
        Assert.Null(s.Db.LabelsOf(late));
        Assert.Equal(expected, s.CrashAndReopen().Read(only));
        Assert.DoesNotContain(s.Log, l => l.Contains("unknown", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void TornTail_IsCutOff_AndTheRestKept(int bytes)
    {
        using var s = Window(3);
        s.Commit(("a", Start + 10, 1));
        s.Commit(("a", Start + 5, 2));
        s.Commit(("a", Start + 6, 3));
        s.Crash();
        string segment = Assert.Single(Directory.GetFiles(WblOf(s)));
        using (var file = File.OpenWrite(segment)) file.SetLength(file.Length - bytes);
        s.Open();
        Assert.Equal(["{__name__=\"a\"} 5=2 10=1"], s.Read());
        Assert.Contains(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains(segment, StringComparison.Ordinal) && l.Contains("cut off", StringComparison.Ordinal));
        s.Log.Clear();
        s.Commit(("a", Start + 7, 4));
        Assert.Equal(["{__name__=\"a\"} 5=2 7=4 10=1"], s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void UnknownSeries_IsPassedOver_AndItsReferenceGivenToNobody()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 10, 1));
        ulong last = s.Resolve("a").Ref;
        Directory.CreateDirectory(WblOf(s));
        var record = new RecordBuffer();
        record.BeginSamples(1);
        record.AddSample(last + 5, Start + 1, 0);
        s.Crash();
        using (var writer = new WalWriter(DataFiles.Disk, WblOf(s), 0, 1 << 20, FsyncPolicy.Never, new WalCounters(), TimeProvider.System))
        {
            writer.Begin();
            writer.Add(record.Record);
            Assert.True(writer.TryWrite(out string error), error);
        }
        s.Open();
        s.Commit(("b", Start + 10, 1));
        Assert.True(s.Resolve("b").Ref > last + 5);
        Assert.Equal(["{__name__=\"a\"} 10=1", "{__name__=\"b\"} 10=1"], s.CrashAndReopen().Read());
    }

    [Fact]
    public void LogThatCannotBeWritten_RefusesTheLateSamplesOnly()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 10, 1));
        File.WriteAllText(WblOf(s), "in the way");
        var result = s.Commit(("a", Start + 20, 2), ("a", Start + 5, 3));
        Assert.Equal((1, 1, Start + 5), (result.Accepted, result.RejectedBy(RejectReason.Storage), result.FirstError!.TimestampMs));
        File.Delete(WblOf(s));
        Assert.Equal(["{__name__=\"a\"} 10=1 20=2"], s.Read());
        Assert.Equal(1, s.Commit(("a", Start + 5, 4)).Accepted);
        Assert.Equal(["{__name__=\"a\"} 5=4 10=1 20=2"], s.CrashAndReopen().Read());
    }

    [Fact]
    public void LogOfNoSeriesAnyMore_GoesWithTheNextCut()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 10, 1), ("a", Start + 5, 2));
        s.Crash();
        Directory.Delete(s.Wal, recursive: true);
        s.Open();
        Assert.Single(Directory.GetFiles(WblOf(s)));
        for (long t = 0; t < 4 * Hour; t += 60_000) s.Commit(("b", Start + t, t));
        s.Db.Maintain();
        Assert.Empty(Directory.GetFiles(WblOf(s)));
    }

    [Fact]
    public void Snapshot_HasTheLateSamplesOfTheHead()
    {
        using var s = Window(3);
        Fill(s, 0, 3.2);
        s.Db.Maintain();
        Fill(s, 3.2, 3.6, seed: 5);
        string path = Path.Combine(s.Options.Path, "snapshots", s.Db.Snapshot(skipHead: false));
        using var copy = Tsdb.Open(s.Options with { Path = path });
        Assert.Equal(s.Read(), Read(copy, TimeRange.All));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("only-late")]
    public void StartFromASnapshotOfTheHead_HasTheLateSamplesToo(string series)
    {
        using var s = Window(3);
        Fill(s, 0, 1);
        s.Commit((series, Start - 100_000, 1));
        string[] before = s.Read();
        s.Log.Clear();
        Assert.Equal(before, s.Reopen().Read());
        Assert.Contains(s.Log, l => l.Contains("snapshot of the head read", StringComparison.Ordinal));
        s.Commit(("late", Start + 12_347, 1));
        before = s.Read();
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
    }
}
