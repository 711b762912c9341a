using BenchmarkDotNet.Attributes;
using Streamline.Storage;

namespace Streamline.Benchmarks.Storage;

/// <summary>Selections from a head of 200,000 series, labels sorted and no sample read; the mean is a selection's.</summary>
[MemoryDiagnoser]
public class SelectBenchmarks
{
    private const int Series = 200_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;
    private Tsdb? _store;
    private LabelMatcher[] _matchers = [];

    /// <summary>What is asked for.</summary>
    [Params("all", "metric", "pair", "regex")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _store = Tsdb.Open(new TsdbOptions { Path = _folder, Fsync = FsyncPolicy.Never });
        var batch = new SampleBatch("bench", Series);
        for (int i = 0; i < Series; i++) batch.Add(_store.Resolve(Load.Series(i)), Load.StartMs, i);
        _store.Commit(batch);
        batch.Release();
        _matchers = Kind switch
        {
            "all" => [],
            "metric" => [new(MatchOperator.Equal, "__name__", "node_metric_7_total")],
            "pair" => [new(MatchOperator.Equal, "__name__", "node_metric_7_total"), new(MatchOperator.Equal, "instance", "host-0100:9100")],
            _ => [new(MatchOperator.Equal, "job", "node"), new(MatchOperator.Regex, "instance", "host-01[0-9]+:9100")],
        };
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _store?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public int Select()
    {
        using var set = _store!.Select(_matchers, TimeRange.All, SelectHints.None);
        return set.Count;
    }
}
