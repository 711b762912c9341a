using Streamline.Tests.Shared;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public void Crash_AfterCommits_EverySampleIsThereOnce()
    {
        using var s = new Scenario(o => o with { WalSegmentBytes = 64 << 10 });
        for (int i = 0; i < 2000; i++) s.Commit(("a,k=1", Start + i * 1000, Math.Sin(i)), ("b", Start + i * 1000, i), ($"many,i={i % 300}", Start + i * 1000, i));
        string[] before = s.Read();
        Assert.True(s.Segments.Length > 1);
        Assert.Equal(before, s.CrashAndReopen().Read());
        Assert.Equal(before, s.Reopen().Read());
        s.Commit(("a,k=1", Start + 2_000_000, 1));
        Assert.EndsWith(" 2000000=1", s.CrashAndReopen().Read(new LabelMatcher(MatchOperator.Equal, "__name__", "a"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Reopen_GivesOutHigherReferences()
    {
        using var s = new Scenario();
        s.Commit(("a", Start, 1), ("b", Start, 1));
        ulong last = s.Resolve("b").Ref;
        s.CrashAndReopen();
        Assert.Equal(last, s.Resolve("b").Ref);
        Assert.True(s.Resolve("c").Ref > last);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(17)]
    public void TornTail_IsCutOffAndLogged(int bytes)
    {
        using var s = new Scenario();
        s.Commit(("a", Start, 1));
        s.Commit(("a", Start + 1, 2));
        s.Crash();
        using (var file = File.OpenWrite(s.Segments[^1])) file.SetLength(file.Length - bytes);
        s.Open();
        Assert.Equal(["{__name__=\"a\"} 0=1"], s.Read());
        Assert.Contains(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains(s.Segments[0], StringComparison.Ordinal) && l.Contains("offset", StringComparison.Ordinal));
        s.Commit(("a", Start + 2, 3));
        s.Log.Clear();
        Assert.Equal(["{__name__=\"a\"} 0=1 2=3"], s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void FlippedBit_LosesOnlyWhatFollowsIt()
    {
        using var s = new Scenario();
        s.Commit(("a", Start, 1));
        s.Commit(("a", Start + 1, 2));
        long damaged = new FileInfo(s.Segments[0]).Length;
        s.Commit(("a", Start + 2, 3));
        s.CrashAndReopen();
        s.Commit(("a", Start + 3, 4));
        s.Crash();
        using (var file = File.Open(s.Segments[0], FileMode.Open))
        {
            file.Position = damaged + 12;
            int value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 4));
        }
        s.Open();
        Assert.Equal(["{__name__=\"a\"} 0=1 1=2"], s.Read());
        Assert.Contains(s.Log, l => l.Contains("checksum", StringComparison.Ordinal));
        Assert.Contains(s.Log, l => l.Contains("dropped", StringComparison.Ordinal));
        Assert.Equal(damaged, new FileInfo(s.Segments[0]).Length);
    }

    [Fact]
    public void ReadOnly_BesideARunningServer_SeesItsCommitsAndTouchesNothing()
    {
        using var s = new Scenario();
        s.Commit(("a", Start, 1));
        string[] files = Directory.GetFileSystemEntries(s.Options.Path, "*", SearchOption.AllDirectories);
        using (var reader = Tsdb.Open(s.Options with { ReadOnly = true }))
        {
            Assert.Equal(s.Read(), Read(reader, TimeRange.All));
            var batch = new SampleBatch("test");
            batch.Add(reader.Resolve(Series("a")), Start + 1, 2);
            Assert.Equal(1, reader.Commit(batch).RejectedBy(RejectReason.Storage));
        }
        Assert.Equal(files, Directory.GetFileSystemEntries(s.Options.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Open_LockedDirectory_IsRefusedWithOneLine()
    {
        using var s = new Scenario();
        var error = Assert.Throws<TsdbLockedException>(() => Tsdb.Open(s.Options));
        Assert.Contains(s.Options.Path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        s.CrashAndReopen();
    }

    [Fact]
    public void LongRecord_SpansPages()
    {
        using var s = new Scenario();
        var samples = new (string, long, double)[5000];
        for (int i = 0; i < samples.Length; i++) samples[i] = ($"m,i={i},pad={new string('x', i % 400)}", Start, i * 1.7);
        Assert.Equal(5000, s.Commit(samples).Accepted);
        string[] before = s.Read();
        Assert.True(new FileInfo(s.Segments[0]).Length > 3 * 32768);
        Assert.Equal(before, s.CrashAndReopen().Read());
    }

    [Theory]
    [InlineData(FsyncPolicy.Never)]
    [InlineData(FsyncPolicy.Interval)]
    [InlineData(FsyncPolicy.Commit)]
    public void Fsync_EveryPolicy_KeepsCommitsThroughAKill(FsyncPolicy policy)
    {
        using var s = new Scenario(o => o with { Fsync = policy });
        s.Commit(("a", Start, 1));
        ((ManualTimeProvider)s.Options.Time).Advance(TimeSpan.FromSeconds(2));
        s.Commit(("a", Start + 1, 2));
        Assert.Equal(["{__name__=\"a\"} 0=1 1=2"], s.CrashAndReopen().Read());
    }
}
