using System.Collections.Concurrent;
using System.Diagnostics;
using Streamline.Query.Engine;
using Streamline.Tests.Shared;

namespace Streamline.Query.Tests.Engine;

/// <summary>Queries have threads of their own, and leave a core to rules.</summary>
public sealed class QueryThreadTests
{
    [Fact]
    public async Task Run_GivesResultsAndFailures_OnThreadsThatAreUsedAgain()
    {
        using var threads = new QueryThreads(3, 2);
        var names = new ConcurrentDictionary<int, string?>();
        int[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => threads.Run(() =>
        {
            names[Environment.CurrentManagedThreadId] = Thread.CurrentThread.Name;
            return i * i;
        })));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * i), results);
        Assert.InRange(names.Count, 1, 3);
        Assert.All(names.Values, name => Assert.Equal("query", name));
        await Assert.ThrowsAsync<InvalidDataException>(() => threads.Run<int>(() => throw new InvalidDataException()));
        Assert.Equal(7, await threads.Run(() => 7));
    }

    [Fact]
    public async Task QueryThatTakesLong_StepsBehind_AndItsHelpers_AndTheNextOneBeginsAsAnEqual()
    {
        using var threads = new QueryThreads(1, 2);
        int equal = await Task.Run(NiceOfThisThread);
        var helper = new Helper();
        Assert.Equal(equal, await threads.Run(NiceOfThisThread));
        Assert.Equal(equal + 5, await threads.Run(() =>
        {
            long began = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(30));
            threads.GiveWay();
            threads.Help(helper);
            return NiceOfThisThread();
        }));
        Assert.Equal(equal + 5, await helper.Nice);
        Assert.Equal(equal, await threads.Run(NiceOfThisThread));
    }

    [Fact]
    public async Task GiveWay_WaitsOnlyWhileRulesHaveWork_AndAnotherQueryRuns()
    {
        using var threads = new QueryThreads(4, 2);
        using var hold = new ManualResetEventSlim();
        Assert.InRange(await threads.Run(() => TimeOf(threads.GiveWay)), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        using var runs = new SemaphoreSlim(0);
        Task<bool> other = threads.Run(() =>
        {
            runs.Release();
            return hold.Wait(TimeSpan.FromMinutes(1));
        });
        await runs.WaitAsync(TestContext.Current.CancellationToken);

        threads.Yields = true;
        TimeSpan waited = await threads.Run(() => TimeOf(threads.GiveWay));
        hold.Set();
        Assert.True(await other);
        // A timer may be a little early.
        Assert.True(waited > TimeSpan.FromMilliseconds(15), $"{waited.TotalMilliseconds} ms");
    }

    [Fact]
    public async Task Queries_EndWhileRulesNeverRest()
    {
        var table = new MemoryTable();
        for (int s = 0; s < 50; s++)
        {
            var labels = Storage.Labels.Of(("__name__", "m"), ("series", $"s{s}"));
            for (int i = 0; i < 100; i++) table.Add(labels, i * 15_000L, i);
        }
        using var engine = new QueryEngine(table, new QueryEngineOptions()) { RulesHaveWay = true };
        QueryResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            engine.RangeAsync("sum(rate(m[5m]))", 600_000, 1_400_000, 10_000, QueryParameters.Default, TestContext.Current.CancellationToken)));
        Assert.All(results, result => Assert.Single(result.Series));
    }

    private sealed class Helper : IThreadPoolWorkItem
    {
        private readonly TaskCompletionSource<int> _nice = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> Nice => _nice.Task;

        public void Execute() => _nice.SetResult(NiceOfThisThread());
    }

    private static TimeSpan TimeOf(Action action)
    {
        long began = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(began);
    }

    // The nineteenth field of the kernel's line; the name before it stands in brackets and may hold spaces.
    private static int NiceOfThisThread() =>
        int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[16], System.Globalization.CultureInfo.InvariantCulture);
}
