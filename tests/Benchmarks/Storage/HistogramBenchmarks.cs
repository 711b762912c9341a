using BenchmarkDotNet.Attributes;
using Streamline.Storage;
using Streamline.Storage.Encoding;
using Streamline.Storage.Histograms;

namespace Streamline.Benchmarks.Storage;

/// <summary>A chunk of 40 native histograms written and read; the mean is a histogram's.</summary>
[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private const int Samples = 40;

    private readonly BitWriter _bits = new();
    private readonly long[] _times = new long[Samples];
    private readonly NativeHistogram[] _histograms = new NativeHistogram[Samples], _read = new NativeHistogram[Samples];
    private readonly HistogramReader _reader = new();
    private byte[] _chunk = [];

    /// <summary>Buckets of each.</summary>
    [Params(8, 80)]
    public int Buckets { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Samples; i++)
        {
            double[] counts = [.. Enumerable.Range(0, Buckets).Select(b => (double)(i * (b % 7 + 1) + b))];
            _histograms[i] = new NativeHistogram { Schema = 3, Count = counts.Sum(), Sum = i * 1.5, IsInteger = true, PositiveSpanArray = [new(0, (uint)Buckets)], PositiveBucketArray = counts };
        }
        Encode();
        _chunk = _bits.Bytes.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode()
    {
        var encoder = new HistogramEncoder(isInteger: true);
        encoder.Begin(_bits, HistogramEncoder.HeaderOf(_histograms[0]));
        for (int i = 0; i < Samples; i++) encoder.Append(_bits, Load.StartMs + i * Load.StepMs, i == 0 ? _histograms[0] : encoder.Place(_histograms[i]).Histogram);
        HistogramChunk.SetCount(_bits.Bytes, encoder.Count);
        return _bits.Bytes.Length;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int Decode()
    {
        _reader.Open(_chunk, HistogramChunk.IntegerEncoding, Samples);
        return _reader.Next(_chunk, _times, _read);
    }
}
