using BenchmarkDotNet.Attributes;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Benchmarks.Pipeline;

/// <summary>A request of 2,500 known series with a sample each, unpacked already; the mean is a sample's.</summary>
[MemoryDiagnoser]
public class RemoteWriteBenchmarks
{
    private const int Samples = 2500;

    private readonly RouteCache _routes = new();
    private readonly SourceMetadata _metadata = new();
    private byte[] _request = [];

    [GlobalSetup]
    public void Setup()
    {
        _request = Request();
        _routes.BeginRound();
        var reader = new RemoteWriteReader(_request);
        for (int i = 0; reader.MoveNext(_metadata); i++) _routes.Add(RouteKey.Of(reader.RawLabels), Route.To(new SeriesHandle(i, (ulong)i + 1)), track: false);
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public double Decode()
    {
        var reader = new RemoteWriteReader(_request);
        double sum = 0;
        while (reader.MoveNext(_metadata))
        {
            var samples = reader.Samples();
            while (samples.MoveNext()) sum += samples.Value;
        }
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Samples)]
    public int DecodeAndRoute()
    {
        _routes.BeginRound();
        var reader = new RemoteWriteReader(_request);
        int found = 0;
        while (reader.MoveNext(_metadata))
        {
            if (_routes.TryTouch(RouteKey.Of(reader.RawLabels), track: false, out _, out _)) found++;
            if (reader.TryOnlySample(out long timestampMs, out _)) found += timestampMs > 0 ? 1 : 0;
        }
        return found;
    }

    private static byte[] Request()
    {
        var request = new WriteRequest();
        for (int i = 0; i < Samples; i++)
        {
            var labels = new List<(byte[], byte[])>();
            foreach (var pair in Load.Series(i)) labels.Add((pair.Name.ToArray(), pair.Value.ToArray()));
            request.Series([.. labels], (Load.StartMs, Load.Value(i, 17)));
        }
        return request.Message;
    }
}
