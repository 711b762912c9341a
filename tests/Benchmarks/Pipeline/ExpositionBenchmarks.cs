using BenchmarkDotNet.Attributes;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Exposition;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>A scrape of 1 MiB in each format; the mean is a byte's, so that 1000 / mean in nanoseconds is MB/s.</summary>
[MemoryDiagnoser]
public class ExpositionBenchmarks
{
    public const int Bytes = 1 << 20;

    private byte[] _body = [];

    private byte[] _openMetrics = [];

    private byte[] _protobuf = [];

    private readonly ProtobufScratch _scratch = new();

    [GlobalSetup]
    public void Setup()
    {
        byte[] text = Load.Exposition(20_000);
        int end = text.AsSpan(0, Bytes).LastIndexOf((byte)'\n') + 1;
        _body = [.. text.AsSpan(0, end), .. Enumerable.Repeat((byte)'\n', Bytes - end)];
        _openMetrics = [.. text.AsSpan(0, end), .. "# EOF\n"u8];
        _protobuf = Messages();
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

    // Names and labels are found and hashed: what a scrape does for a series that it knows.
    [Benchmark(OperationsPerInvoke = Bytes)]
    public ulong ParseAndHashProtobuf()
    {
        var reader = new ProtobufExposition(_protobuf, default, _scratch);
        ulong sum = 0;
        while (reader.Next() is var found and not ExpositionEvent.End)
        {
            if (found == ExpositionEvent.Error) throw new InvalidOperationException(reader.Problem);
            if (found == ExpositionEvent.Sample) sum ^= reader.Key.Low;
        }
        return sum;
    }

    // Gauges in families of twenty, as in the text; the last family is as long as fills the size.
    private static byte[] Messages()
    {
        var body = new List<byte>();
        for (int i = 0; body.Count < Bytes; i += 20)
        {
            var metrics = Enumerable.Range(i, 20).Select(m => Proto.Gauge(Load.Value(m, 17), $"device=dev{m}", "mode=user", $"path=/var/lib/{m % 20}")).ToArray();
            byte[] family = Proto.Family($"node_metric_{i}", 1, metrics).Delimited;
            if (body.Count + family.Length > Bytes) break;
            body.AddRange(family);
        }
        return [.. body, .. Padding(Bytes - body.Count)];
    }

    // A family of no metrics with a help text of the missing length.
    private static byte[] Padding(int bytes)
    {
        var family = new Proto().Text(1, "padding").Number(3, 1);
        int help = bytes - family.Bytes.Length - 8;
        return help < 0 ? [] : family.Text(2, new string('h', help)).Delimited;
    }
}
