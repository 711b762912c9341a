using BenchmarkDotNet.Attributes;
using Streamline.Storage.Encoding;

namespace Streamline.Benchmarks.Storage;

/// <summary>A chunk of encoding 4 of 120 samples written, as on its way into a block, and read; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class Xor2Benchmarks
{
    private const int Samples = 120;

    private readonly Xor2Writer _writer = new();
    private readonly Xor2Reader _reader = new();
    private readonly long[] _timestamps = new long[Samples], _starts = new long[Samples];
    private readonly double[] _values = new double[Samples];
    private byte[] _chunk = [];

    /// <summary>0 counter, 1 noise, 2 constant.</summary>
    [Params(0, 1, 2)]
    public int Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Samples; i++) (_timestamps[i], _values[i]) = (Load.StartMs + i * Load.StepMs, Load.Value(Kind, i));
        _chunk = _writer.Write(_timestamps, _values, []).ToArray();
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode() => _writer.Write(_timestamps, _values, []).Length;

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Decode()
    {
        _reader.Open(_chunk);
        return _reader.Next(_chunk, _timestamps, _values, _starts);
    }
}
