using Streamline.Storage.Tests.Files;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests;

public sealed class CommitTests
{
    [Fact]
    public void Commit_NewSeries_IsReadBackSortedByLabels()
    {
        using var s = new Scenario();
        var result = s.Commit(("b,x=1", Start, 1), ("a,x=2", Start, 2), ("a,x=1", Start, 3), ("a,x=1", Start + 5, 4));
        Assert.Equal(4, result.Accepted);
        Assert.Equal(["{__name__=\"a\", x=\"1\"} 0=3 5=4", "{__name__=\"a\", x=\"2\"} 0=2", "{__name__=\"b\", x=\"1\"} 0=1"], s.Read());
    }

    [Theory]
    [InlineData(10, 1.0, 1, null)]
    [InlineData(10, 2.0, 0, RejectReason.Duplicate)]
    [InlineData(9, 1.0, 0, RejectReason.OutOfOrder)]
    [InlineData(11, 1.0, 1, null)]
    [InlineData(-Hour + 9, 1.0, 0, RejectReason.OutOfBounds)]
    [InlineData(-Hour + 10, 1.0, 0, RejectReason.OutOfOrder)]
    public void Commit_SecondSample_FollowsPrometheusRules(long time, double value, int accepted, RejectReason? refused)
    {
        using var s = new Scenario();
        s.Commit(("a", Start + 10, 1));
        var result = s.Commit(("a", Start + time, value));
        Assert.Equal(accepted, result.Accepted);
        if (refused is { } reason)
        {
            Assert.Equal(1, result.RejectedBy(reason));
            Assert.Equal((reason, Series("a"), Start + time), (result.FirstError!.Reason, result.FirstError.Labels, result.FirstError.TimestampMs));
        }
        Assert.Equal(1 - accepted, result.Rejected);
    }

    [Fact]
    public void Commit_SameSeriesTwiceInABatch_ChecksTheSecondAgainstTheFirst()
    {
        using var s = new Scenario();
        var result = s.Commit(("a", Start + 1, 1), ("a", Start + 3, 3), ("a", Start + 2, 2), ("a", Start + 3, 3), ("a", Start + 3, 4), ("a", Start + 4, 4));
        Assert.Equal((4, 1, 1), (result.Accepted, result.RejectedBy(RejectReason.OutOfOrder), result.RejectedBy(RejectReason.Duplicate)));
        Assert.Equal(["{__name__=\"a\"} 1=1 3=3 4=4"], s.Read());
    }

    [Fact]
    public void Commit_OtherNaNBits_IsADuplicateError()
    {
        using var s = new Scenario();
        s.Commit(("a", Start, StaleMarker.Value));
        Assert.Equal(1, s.Commit(("a", Start, StaleMarker.Value)).Accepted);
        Assert.Equal(1, s.Commit(("a", Start, StaleMarker.NormalNaN)).RejectedBy(RejectReason.Duplicate));
        Assert.Equal(["{__name__=\"a\"} 0=stale"], s.Read());
    }

    [Fact]
    public void Commit_StaleHandle_IsRefusedAndNamed()
    {
        using var s = new Scenario();
        var handle = s.Resolve("a");
        var batch = new SampleBatch("test");
        batch.Add(new SeriesHandle(handle.Slot, handle.Ref + 1), Start, 1);
        batch.Add(new SeriesHandle(1 << 20, 1), Start, 1);
        batch.Add(SeriesHandle.None, Start, 1);
        batch.Drop(RejectReason.Limit, 5);
        var result = s.Db.Commit(batch);
        Assert.Equal((3, 5, 0), (result.RejectedBy(RejectReason.StaleHandle), result.RejectedBy(RejectReason.Limit), result.Accepted));
        Assert.Empty(s.Read());
    }

    [Fact]
    public void Select_BeforeALaterCommit_DoesNotSeeIt()
    {
        using var s = new Scenario();
        for (int i = 0; i < 50; i++) s.Commit(("a", Start + i, i));
        using var before = s.Db.Select([], TimeRange.All, SelectHints.None);
        // Enough to outgrow the block of the open chunk and to cut chunks behind it.
        for (int i = 50; i < 1000; i++) s.Commit(("a", Start + i * 1000, i * 1.1), ("b", Start + i * 1000, i));
        Assert.Equal(1, before.Count);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (Start + i, (double)i)), Samples(before, 0));
        Assert.Equal(2, s.Read().Length);
    }

    [Fact]
    public async Task Select_WhileCommitsRun_SeesWholeCommitsOnly()
    {
        using var s = new Scenario();
        var handles = Enumerable.Range(0, 200).Select(i => s.Resolve($"m,i={i}")).ToArray();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (int round = 0; round < 3000 && !stop.IsCancellationRequested; round++)
            {
                var batch = new SampleBatch("test", handles.Length);
                foreach (var handle in handles) batch.Add(handle, Start + round * 100, round * 0.37);
                Assert.Equal(handles.Length, s.Db.Commit(batch).Accepted);
                batch.Release();
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 0; i < 40; i++)
        {
            using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
            if (set.Count == 0) continue;
            Assert.Equal(handles.Length, set.Count);
            var first = Samples(set, 0);
            for (int k = 1; k < set.Count; k += 17) Assert.Equal(first, Samples(set, k));
        }
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public void Commit_KnownSeries_AllocatesNothing()
    {
        using var s = new Scenario();
        var handles = Enumerable.Range(0, 500).Select(i => s.Resolve($"m,i={i}")).ToArray();
        var batches = Enumerable.Range(0, 60).Select(round =>
        {
            var batch = new SampleBatch("test", handles.Length);
            foreach (var handle in handles) batch.Add(handle, Start + round * 1000, round + 0.1 * handle.Slot);
            return batch;
        }).ToArray();
        for (int i = 0; i < 50; i++) s.Db.Commit(batches[i]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 50; i < 60; i++) s.Db.Commit(batches[i]);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // Lists that wait for readers may double now and then; a sample costs nothing.
        Assert.True(allocated < 5000 / 10, $"{allocated} bytes for 5000 samples");
    }

    [Fact]
    public void Commit_WriteFails_RefusesTheBatchAndRecovers()
    {
        using var s = new Scenario(failing: true);
        s.Commit(("a", Start, 1));
        s.Files.On("write wal/*", Fault.NoSpace);
        var result = s.Commit(("a", Start + 1, 2), ("new", Start + 1, 2));
        Assert.Equal((0, 2), (result.Accepted, result.RejectedBy(RejectReason.Storage)));
        Assert.Contains("No space left on device", result.FirstError!.Message, StringComparison.Ordinal);
        Assert.Equal(["{__name__=\"a\"} 0=1"], s.Read());
        s.Files.Heal();
        Assert.Equal(2, s.Commit(("a", Start + 1, 3), ("new", Start + 1, 4)).Accepted);
        Assert.Equal(["{__name__=\"a\"} 0=1 1=3", "{__name__=\"new\"} 1=4"], s.CrashAndReopen().Read());
    }

    [Fact]
    public void Commit_HalfWrittenRecord_IsCutBack()
    {
        using var s = new Scenario(failing: true);
        s.Commit(("a", Start, 1));
        s.Files.On("write wal/*", Fault.NoSpace);
        s.Commit(("a", Start + 1, 2));
        s.Files.Heal();
        s.Commit(("a", Start + 2, 3));
        Assert.Equal(["{__name__=\"a\"} 0=1 2=3"], s.CrashAndReopen().Read());
        Assert.DoesNotContain(s.Log, l => l.Contains("repaired", StringComparison.Ordinal));
    }
}
