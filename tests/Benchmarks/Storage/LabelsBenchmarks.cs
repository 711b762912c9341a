using BenchmarkDotNet.Attributes;
using Streamline.Storage;

namespace Streamline.Benchmarks.Storage;

/// <summary>Label sets out of a builder, as each new series and each series of a query without its name takes one; the mean is a set's.</summary>
[MemoryDiagnoser]
public class LabelsBenchmarks
{
    private readonly LabelsBuilder _builder = new();
    private readonly Labels _series = Load.Series(7);

    [Benchmark]
    public Labels WithoutName() => _builder.Reset(_series).Remove("__name__"u8).Build();

    [Benchmark]
    public Labels SetAndBuild()
    {
        _builder.Clear();
        return _builder.Set("__name__", "node_metric").Set("job", "node").Set("instance", "host-0001:9100").Set("device", "dev7").Build();
    }
}
