using BenchmarkDotNet.Attributes;
using Streamline.Storage;

namespace Streamline.Benchmarks.Storage;

/// <summary>Commits of 2,500 samples of known series, the log's write included; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int Samples = 2500;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;
    private SeriesHandle[] _handles = [];
    private Tsdb? _store;
    private long _step;

    /// <summary>Series in turn: few stay in the caches, many do not.</summary>
    [Params(5_000, 200_000)]
    public int Series { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // A range so long that no time is too old for the head.
        _store = Tsdb.Open(new TsdbOptions { Path = _folder, BlockDurationMs = 30L * 24 * 3600 * 1000, Fsync = FsyncPolicy.Never, OutOfOrderWindowMs = 30L * 24 * 3600 * 1000 });
        _handles = [.. Enumerable.Range(0, Series).Select(i => _store.Resolve(Load.Series(i)))];
        var first = new SampleBatch("bench", Series);
        foreach (var handle in _handles) first.Add(handle, Load.StartMs - 1, 0);
        _store.Commit(first);
        first.Release();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>All a millisecond before their series' newest, so out of order: into the second log and the chunks beside the head.</summary>
    [Benchmark(OperationsPerInvoke = Samples)]
    public int CommitLate()
    {
        int first = (int)(_step * Samples % Series);
        long time = Load.StartMs - 2 - _step++;
        var batch = new SampleBatch("bench", Samples);
        for (int i = 0; i < Samples; i++) batch.Add(_handles[first + i], time, Load.Value(first + i, 3));
        var result = _store!.Commit(batch);
        batch.Release();
        return result.Rejected == 0 ? result.Accepted : throw new InvalidOperationException("samples were refused");
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Commit()
    {
        int first = (int)(_step * Samples % Series), round = (int)(_step++ * Samples / Series);
        var batch = new SampleBatch("bench", Samples);
        for (int i = 0; i < Samples; i++) batch.Add(_handles[first + i], Load.StartMs + round * 1000L, Load.Value(first + i, round));
        var result = _store!.Commit(batch);
        batch.Release();
        return result.Rejected == 0 ? result.Accepted : throw new InvalidOperationException("samples were refused");
    }
}
