using BenchmarkDotNet.Attributes;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>A scrape's text of 1 MiB; the mean is a byte's, so that 1000 / mean is MB/s.</summary>
[MemoryDiagnoser]
public class ExpositionBenchmarks
{
    private const int Bytes = 1 << 20;

    private byte[] _body = [];

    private byte[] _openMetrics = [];

    [GlobalSetup]
    public void Setup()
    {
        byte[] text = Load.Exposition(20_000);
        int end = text.AsSpan(0, Bytes).LastIndexOf((byte)'\n') + 1;
        _body = [.. text.AsSpan(0, end), .. Enumerable.Repeat((byte)'\n', Bytes - end)];
        _openMetrics = [.. text.AsSpan(0, end), .. "# EOF\n"u8];
    }

    [Benchmark(OperationsPerInvoke = Bytes)]
    public double Parse()
    {
        var reader = new ExpositionReader(_body, ExpositionFormat.Text);
        double sum = 0;
        while (reader.Next() is var found and not ExpositionEvent.End)
        {
            if (found == ExpositionEvent.Error) throw new InvalidOperationException(reader.Reason);
            if (found == ExpositionEvent.Sample) sum += reader.Value;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Bytes)]
    public ulong ParseAndHash()
    {
        var reader = new ExpositionReader(_body, ExpositionFormat.Text);
        ulong sum = 0;
        while (reader.Next() is var found and not ExpositionEvent.End)
        {
            if (found == ExpositionEvent.Sample) sum ^= RouteKey.Of(reader.Series).Low;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Bytes)]
    public double ParseOpenMetrics()
    {
        var reader = new ExpositionReader(_openMetrics, ExpositionFormat.OpenMetrics);
        double sum = 0;
        while (reader.Next() is var found and not ExpositionEvent.End)
        {
            if (found == ExpositionEvent.Error) throw new InvalidOperationException(reader.Reason);
            if (found == ExpositionEvent.Sample) sum += reader.Value;
        }
        return sum;
    }
}
