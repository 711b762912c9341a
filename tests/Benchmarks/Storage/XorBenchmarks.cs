using BenchmarkDotNet.Attributes;
using Streamline.Storage.Encoding;

namespace Streamline.Benchmarks.Storage;

/// <summary>A chunk of 120 samples written and read; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class XorBenchmarks
{
    private const int Samples = 120;

    private readonly byte[] _chunk = new byte[4096];
    private readonly byte[] _target = new byte[4096];
    private readonly long[] _timestamps = new long[Samples];
    private readonly double[] _values = new double[Samples];
    private int _length;

    /// <summary>0 counter, 1 noise, 2 constant.</summary>
    [Params(0, 1, 2)]
    public int Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var state = XorState.Empty;
        for (int i = 0; i < Samples; i++) XorChunk.TryAppend(_chunk, ref state, Load.StartMs + i * Load.StepMs, Load.Value(Kind, i));
        _length = state.ByteLength;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode()
    {
        var state = XorState.Empty;
        for (int i = 0; i < Samples; i++) XorChunk.TryAppend(_target, ref state, Load.StartMs + i * Load.StepMs, Load.Value(Kind, i));
        return state.ByteLength;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Decode()
    {
        var reader = new XorReader(Samples);
        return reader.Next(_chunk.AsSpan(0, _length), _timestamps, _values);
    }
}
