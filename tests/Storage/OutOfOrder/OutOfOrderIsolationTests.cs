using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.OutOfOrder;

public sealed class OutOfOrderIsolationTests
{
    /// <summary>Each commit gives every series one sample in order and one out of order; whoever reads finds the same times in all of them.</summary>
    [Fact]
    public async Task Select_WhileLateCommitsAndCutsRun_SeesWholeCommitsOnly()
    {
        using var s = new Scenario(o => o with { OutOfOrderWindowMs = 20 * Hour, RetentionMs = 0 });
        var handles = Enumerable.Range(0, 40).Select(i => s.Resolve($"m,i={i:D2}")).ToArray();
        const int rounds = 900;
        var random = new Random(31);
        long[] late = [.. Enumerable.Range(0, rounds).Select(k => Math.Max(0, k * 30_000L - random.Next(1, (int)(4 * Hour)) * 2L) - 1 - 2 * k)];
        var writer = Task.Run(() =>
        {
            for (int round = 0; round < rounds; round++)
            {
                var batch = new SampleBatch("test", handles.Length * 2);
                foreach (var handle in handles)
                {
                    batch.Add(handle, Start + round * 30_000L, round);
                    batch.Add(handle, Start + late[round], -round);
                }
                Assert.Equal(handles.Length * 2, s.Db.Commit(batch).Accepted);
                batch.Release();
                if (round % 180 == 179) s.Db.Maintain();
            }
        }, TestContext.Current.CancellationToken);
        int last = 0;
        while (!writer.IsCompleted) last = Check(s, handles.Length, last);
        await writer;
        Assert.Equal(late.Concat(Enumerable.Range(0, rounds).Select(k => k * 30_000L)).Distinct().Count(), Check(s, handles.Length, last));
        Assert.True(s.Db.Blocks.Count > 2);
    }

    private static int Check(Scenario s, int series, int last)
    {
        using var set = s.Db.Select([], TimeRange.All, SelectHints.None);
        if (set.Count == 0) return 0;
        Assert.Equal(series, set.Count);
        var first = Samples(set, 0);
        Assert.True(first.Count >= last, $"{first.Count} samples after {last}");
        Assert.Equal(first.Select(p => p.Time).Order(), first.Select(p => p.Time));
        for (int k = 1; k < series; k += 7) Assert.Equal(first, Samples(set, k));
        return first.Count;
    }
}
