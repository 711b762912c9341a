using BenchmarkDotNet.Attributes;
using Streamline.Storage.Encoding;
using Streamline.Storage.Wal;

namespace Streamline.Benchmarks.Storage;

/// <summary>The record that a commit of 2,500 samples writes, packed and unpacked; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class SnappyBenchmarks
{
    private const int Samples = 2500;

    private readonly RecordBuffer _record = new();
    private byte[] _packed = [];
    private byte[] _plain = [];
    private int _length;

    [GlobalSetup]
    public void Setup()
    {
        Record();
        _packed = new byte[Snappy.MaxEncodedBytes(_record.Record.Length)];
        _length = Snappy.Encode(_record.Record, _packed);
        _plain = new byte[_record.Record.Length];
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Record()
    {
        _record.BeginSamples(Samples);
        for (int i = 0; i < Samples; i++) _record.AddSample((ulong)i + 1, Load.StartMs, BitConverter.DoubleToUInt64Bits(Load.Value(i, 17)));
        return _record.Record.Length;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode() => Snappy.Encode(_record.Record, _packed);

    [Benchmark(OperationsPerInvoke = Samples)]
    public bool Decode() => Snappy.TryDecode(_packed.AsSpan(0, _length), _plain, out _);
}
