using BenchmarkDotNet.Attributes;
using Streamline.Storage;
using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;

namespace Streamline.Benchmarks.Storage;

/// <summary>Blocks of 5,000 series of four chunks written, forced to the disk and deleted again; the mean is a series'.</summary>
[MemoryDiagnoser]
public class BlockWriteBenchmarks
{
    private const int Series = 5_000, Chunks = 4, Samples = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-bench-").FullName;
    private readonly byte[] _chunk = new byte[4096];
    private Labels[] _series = [];

    [GlobalSetup]
    public void Setup() => _series = [.. Enumerable.Range(0, Series).Select(Load.Series).Order()];

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>Chunks as they are, as a cut of the head copies them.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public void Copy()
    {
        int bytes = Encode();
        using var writer = NewWriter();
        foreach (var labels in _series)
        {
            writer.StartSeries(labels);
            for (int i = 0; i < Chunks; i++) writer.AddChunk(StartOf(i), StartOf(i) + (Samples - 1) * Load.StepMs, _chunk.AsSpan(0, bytes));
        }
        Finish(writer);
    }

    /// <summary>Samples encoded, as for what came out of order or overlaps.</summary>
    [Benchmark(OperationsPerInvoke = Series)]
    public void Reencode()
    {
        using var writer = NewWriter();
        var encoder = new SeriesEncoder(writer);
        foreach (var labels in _series)
        {
            writer.StartSeries(labels);
            for (int i = 0; i < Chunks * Samples; i++) encoder.Add(Load.StartMs + i * Load.StepMs, Load.Value(0, i));
            encoder.EndSeries();
        }
        Finish(writer);
    }

    private static long StartOf(int chunk) => Load.StartMs + (long)chunk * Samples * Load.StepMs;

    private int Encode()
    {
        var state = XorState.Empty;
        for (int i = 0; i < Samples; i++) XorChunk.TryAppend(_chunk, ref state, Load.StartMs + i * Load.StepMs, Load.Value(0, i));
        return state.ByteLength;
    }

    private BlockWriter NewWriter() => new(DataFiles.Disk, _folder, TimeProvider.System, new BlockOrigin(Load.StartMs, StartOf(Chunks)));

    private void Finish(BlockWriter writer) => Directory.Delete(Path.Combine(_folder, writer.Finish()!.Ulid), recursive: true);
}
