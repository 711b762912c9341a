using BenchmarkDotNet.Attributes;
using Streamline.Storage;

namespace Streamline.Benchmarks.Storage;

/// <summary>Opening a directory whose log holds 20,000 series of 60 samples, too few for head chunk files; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class ReplayBenchmarks
{
    private const int Series = 20_000, Steps = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;

    /// <summary>Of so many samples one comes out of order, and is in both logs; 0 for none.</summary>
    [Params(0, 10)]
    public int LateEvery { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var store = Tsdb.Open(new TsdbOptions { Path = _folder, Fsync = FsyncPolicy.Never, OutOfOrderWindowMs = 3600_000 });
        var handles = Enumerable.Range(0, Series).Select(i => store.Resolve(Load.Series(i))).ToArray();
        for (int step = 0; step < Steps; step++)
        {
            var batch = new SampleBatch("bench", Series);
            for (int i = 0; i < Series; i++)
            {
                bool late = LateEvery > 0 && step > 0 && (i + step) % LateEvery == 0;
                batch.Add(handles[i], Load.StartMs + step * Load.StepMs - (late ? 20_001 : 0), Load.Value(i, step));
            }
            store.Commit(batch);
            batch.Release();
        }
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>Read only, so that nothing is written and the next round finds the same.</summary>
    [Benchmark(OperationsPerInvoke = Series * Steps)]
    public long Open()
    {
        using var store = Tsdb.Open(new TsdbOptions { Path = _folder, ReadOnly = true });
        return store.HeadSeries;
    }
}
