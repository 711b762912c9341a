using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>Batches of 1,000 known series through an aggregate stage, in memory or with its journal; the mean is a sample's, windows and rewrites included.</summary>
[MemoryDiagnoser]
public class AggregateBenchmarks
{
    private const int Series = 1000;
    private const long StartMs = 1_700_000_400_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-aggregate-").FullName;
    private Tsdb _store = null!;
    private AggregateStage _stage = null!;
    private SeriesHandle[] _handles = [];
    private long _round;

    [Params(false, true)]
    public bool Journal { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _store = Tsdb.Open(new TsdbOptions { Path = Path.Combine(_folder, "data") });
        _handles = [.. Enumerable.Range(0, Series).Select(i => _store.Resolve(Labels.Of(("__name__", "m"), ("job", $"j{i % 10}"), ("instance", $"10.0.0.{i}:9100"))))];
        var config = new AggregateStageConfig { Match = new OneOrMany(["m"]), By = ["job"], Interval = TimeSpan.FromSeconds(10), Outputs = ["total", "sum"] };
        var journals = new AggregateJournals(Path.Combine(_folder, "journals"), () => FsyncPolicy.Interval, TimeProvider.System, NullLogger.Instance);
        _stage = new AggregateStage("a", config, _store, TimeProvider.System, Journal ? naming => journals.Open("a", naming) : null);
        _stage.Begin()?.Release();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Series)]
    public int Process()
    {
        var batch = new SampleBatch("b", Series);
        long atMs = StartMs + _round++ * 100;
        foreach (var handle in _handles) batch.Add(handle, atMs, _round);
        _stage.Process(batch);
        int left = batch.Count;
        batch.Complete(default);
        batch.Release();
        return left;
    }
}
