using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

public sealed class OutOfOrderCommitTests
{
    private static Scenario Window(double hours) => new(o => o with { OutOfOrderWindowMs = (long)(hours * Hour) });

    [Theory]
    [InlineData(0, 1.0, 1, null)]
    [InlineData(0, 2.0, 0, RejectReason.Duplicate)]
    [InlineData(-1, 1.0, 1, null)]
    [InlineData(-Hour - 1, 1.0, 1, null)]
    [InlineData(-3 * Hour, 1.0, 1, null)]
    [InlineData(-3 * Hour - 1, 1.0, 0, RejectReason.TooOld)]
    public void LateSample_FollowsPrometheusRules(long time, double value, int accepted, RejectReason? refused)
    {
        using var s = Window(3);
        s.Commit(("a", Start, 1));
        var result = s.Commit(("a", Start + time, value));
        Assert.Equal((accepted, 1 - accepted), (result.Accepted, result.Rejected));
        if (refused is { } reason) Assert.Equal((1, reason, Start + time), (result.RejectedBy(reason), result.FirstError!.Reason, result.FirstError.TimestampMs));
    }

    [Fact]
    public void WindowIsCountedFromTheHeadsNewestSample_AndNewSeriesTakeThePlaceThatTheirTimeAllows()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 4 * Hour, 1));
        // Of b, the first is behind what the head takes in order, the second is not.
        Assert.Equal(2, s.Commit(("b", Start + 2 * Hour, 1), ("c", Start + 3 * Hour, 1)).Accepted);
        Assert.Equal(1, s.Commit(("b", Start + Hour - 1, 1)).RejectedBy(RejectReason.TooOld));
        Assert.Equal([$"{{__name__=\"a\"}} {4 * Hour}=1", $"{{__name__=\"b\"}} {2 * Hour}=1", $"{{__name__=\"c\"}} {3 * Hour}=1"], s.Read());
        Assert.Equal(Start + 3 * Hour, s.Db.Status(1).MinTimeMs);
    }

    [Fact]
    public void LateSamples_AreReadInTheirPlace()
    {
        using var s = Window(1);
        s.Commit(("a", Start + 10, 1), ("a", Start + 40, 4));
        Assert.Equal(3, s.Commit(("a", Start + 30, 3), ("a", Start + 5, 0.5), ("a", Start + 20, 2)).Accepted);
        Assert.Equal(["{__name__=\"a\"} 5=0.5 10=1 20=2 30=3 40=4"], s.Read());
        Assert.Equal(["{__name__=\"a\"} 20=2 30=3"], Read(s.Db, new TimeRange(Start + 11, Start + 39)));
        Assert.Equal(["{__name__=\"a\"} 5=0.5"], Read(s.Db, new TimeRange(Start, Start + 9)));
    }

    [Fact]
    public void SameTimeAgain_IsTakenSilently_AndTheFirstStays()
    {
        using var s = Window(1);
        s.Commit(("a", Start + 10, 1), ("a", Start + 5, 2));
        Assert.Equal((3, 0), (s.Commit(("a", Start + 5, 2), ("a", Start + 5, 3), ("a", Start + 6, 4)).Accepted, s.Commit(("a", Start + 6, 5)).Rejected));
        Assert.Equal(["{__name__=\"a\"} 5=2 6=4 10=1"], s.Read());
    }

    [Fact]
    public void LateSampleOverOneInOrder_TakesItsPlace()
    {
        using var s = Window(1);
        s.Commit(("a", Start + 10, 1), ("a", Start + 20, 2), ("a", Start + 30, 3), ("a", Start + 40, 4));
        Assert.Equal(2, s.Commit(("a", Start + 20, -2), ("a", Start + 30, -3)).Accepted);
        Assert.Equal(["{__name__=\"a\"} 10=1 20=-2 30=-3 40=4"], s.Read());
    }

    [Fact]
    public void ManyLateSamples_InAnyOrder_AreAllThereOnce()
    {
        using var s = Window(1);
        s.Commit(("a", Start + 100_000, 1));
        var times = Enumerable.Range(0, 1000).ToArray();
        new Random(3).Shuffle(times);
        foreach (int time in times) Assert.Equal(1, s.Commit(("a", Start + time, time)).Accepted);
        Assert.Equal(["{__name__=\"a\"} " + string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"{i}={i}")) + " 100000=1"], s.Read());
        var expected = Enumerable.Range(300, 101).Select(i => $"{i}={i}");
        Assert.Equal(["{__name__=\"a\"} " + string.Join(' ', expected)], Read(s.Db, new TimeRange(Start + 300, Start + 400)));
    }

    [Fact]
    public void Window_CanBeChangedWhileRunning()
    {
        using var s = new Scenario();
        s.Commit(("a", Start + 10, 1));
        Assert.Equal(1, s.Commit(("a", Start + 5, 1)).RejectedBy(RejectReason.OutOfOrder));
        Assert.False(Directory.Exists(Path.Combine(s.Options.Path, "wbl")));
        s.Db.OutOfOrderWindowMs = 7;
        Assert.Equal((1, 1), (s.Commit(("a", Start + 5, 1)).Accepted, s.Commit(("a", Start + 2, 1)).RejectedBy(RejectReason.TooOld)));
        s.Db.OutOfOrderWindowMs = -1;
        Assert.Equal((0, 1), (s.Db.OutOfOrderWindowMs, s.Commit(("a", Start + 4, 1)).RejectedBy(RejectReason.OutOfOrder)));
        Assert.Equal(["{__name__=\"a\"} 5=1 10=1"], s.Read());
        Assert.Equal(["{__name__=\"a\"} 5=1 10=1"], s.CrashAndReopen().Read());
    }

    [Theory]
    [InlineData(LateSamples.Taken, 2)]
    [InlineData(LateSamples.MarkersRefused, 1)]
    [InlineData(LateSamples.Refused, 0)]
    public void Batch_SaysWhichOfItsSamplesMayBeLate(LateSamples late, int accepted)
    {
        using var s = Window(1);
        s.Commit(("a", Start + 10, 1));
        var batch = new SampleBatch("test") { LateSamples = late };
        batch.Add(s.Resolve("a"), Start + 5, 1);
        batch.Add(s.Resolve("a"), Start + 6, StaleMarker.Value);
        var result = s.Db.Commit(batch);
        Assert.Equal((accepted, 2 - accepted), (result.Accepted, result.RejectedBy(RejectReason.OutOfOrder)));
    }

    [Fact]
    public void Reader_FromBeforeALateCommit_DoesNotSeeIt()
    {
        using var s = Window(1);
        s.Commit(("a", Start + 1000, 1), ("a", Start + 500, 2));
        using var before = s.Db.Select([], TimeRange.All, SelectHints.None);
        for (int i = 0; i < 100; i++) s.Commit(("a", Start + i, i), ("b", Start + i, i));
        Assert.Equal([(Start + 500, 2.0), (Start + 1000, 1.0)], Samples(before, 0));
        using var after = s.Db.Select([], TimeRange.All, SelectHints.None);
        Assert.Equal(102, Samples(after, 0).Count);
    }

    [Fact]
    public void LabelNamesAndValues_LookAtTheTimesOfLateSamplesToo()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 3 * Hour, 1), ("late,x=y", Start + Hour, 1));
        var range = new TimeRange(Start, Start + 2 * Hour);
        Assert.Equal(["__name__", "x"], s.Db.LabelNames([], range));
        Assert.Equal(["y"], s.Db.LabelValues("x", [], range));
        Assert.Empty(s.Db.LabelNames([], new TimeRange(Start, Start + 1)));
    }

    [Fact]
    public void Deleted_LateSamplesStayDeleted()
    {
        using var s = Window(3);
        s.Commit(("a", Start + 3 * Hour, 1), ("a", Start + Hour, 2), ("a", Start + 2 * Hour, 3));
        s.Db.Delete([], new TimeRange(Start, Start + Hour));
        string[] left = [$"{{__name__=\"a\"}} {2 * Hour}=3 {3 * Hour}=1"];
        Assert.Equal(left, s.Read());
        Assert.Equal(left, s.CrashAndReopen().Read());
        for (long t = 3 * Hour; t < 6 * Hour; t += 60_000) s.Commit(("b", Start + t, 1));
        s.Db.Maintain();
        Assert.Equal(left, s.Read(new LabelMatcher(MatchOperator.Equal, "__name__", "a")));
        Assert.Equal(left, s.CrashAndReopen().Read(new LabelMatcher(MatchOperator.Equal, "__name__", "a")));
    }

    [Fact]
    public void Commit_OfSeriesWithoutLateSamples_AllocatesNothing_WhileOthersHaveSome()
    {
        using var s = Window(1);
        var handles = Enumerable.Range(0, 500).Select(i => s.Resolve($"m,i={i}")).ToArray();
        s.Commit(("late", Start + 100, 1), ("late", Start + 50, 1));
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
        Assert.True(allocated < 5000 / 10, $"{allocated} bytes for 5000 samples");
    }
}
