using BenchmarkDotNet.Attributes;
using Streamline.Storage.Index;

namespace Streamline.Benchmarks.Storage;

/// <summary>Intersections of sorted reference lists; the mean is that of an entry of the shorter list.</summary>
[MemoryDiagnoser]
public class PostingsBenchmarks
{
    private const int Short = 50_000;

    private readonly uint[] _target = new uint[Short];
    private uint[] _left = [], _right = [];

    /// <summary>How many times longer the other list is: walked up to 32, searched in steps above.</summary>
    [Params(1, 8, 100)]
    public int Ratio { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _left = List(random, Short, Ratio * 2);
        _right = List(random, Short * Ratio, 2);
    }

    [Benchmark(OperationsPerInvoke = Short)]
    public int Intersect() => Postings.Intersect<uint>(_left, _right, _target);

    [Benchmark(OperationsPerInvoke = Short)]
    public int Except() => Postings.Except<uint>(_left, _right, _target);

    private static uint[] List(Random random, int count, int step)
    {
        uint[] list = new uint[count];
        uint last = 0;
        for (int i = 0; i < count; i++) list[i] = last += (uint)random.Next(1, step * 2);
        return list;
    }
}
