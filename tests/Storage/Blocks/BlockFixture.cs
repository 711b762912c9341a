using Streamline.Storage.Blocks;
using Streamline.Storage.Encoding;
using Streamline.Storage.Files;
using Streamline.Tests.Shared;

namespace Streamline.Storage.Tests.Blocks;

/// <summary>A temporary data directory, and blocks written into it from plain samples.</summary>
internal sealed class BlockFixture : IDisposable
{
    public const long Start = 1_700_000_000_000;
    public static readonly TimeRange Everything = TimeRange.All;

    public string Path { get; } = Directory.CreateTempSubdirectory("streamline-blocks-").FullName;

    public BlockMeta? Write(IEnumerable<(Labels Labels, (long Time, double Value)[] Samples)> series, int samplesPerChunk = 120, int segmentBytes = ChunkFiles.MaxSegmentBytes)
    {
        var sorted = series.OrderBy(s => s.Labels).ToList();
        long min = sorted.SelectMany(s => s.Samples).Min(s => s.Time), max = sorted.SelectMany(s => s.Samples).Max(s => s.Time);
        using var writer = new BlockWriter(DataFiles.Disk, Path, new ManualTimeProvider(), new BlockOrigin(min, max + 1) { Format = BlockFormat.Usual with { MaxSegmentBytes = segmentBytes } });
        foreach (var (labels, samples) in sorted)
        {
            writer.StartSeries(labels);
            foreach (var chunk in samples.Chunk(samplesPerChunk)) writer.AddChunk(chunk[0].Time, chunk[^1].Time, Encode(chunk));
        }
        return writer.Finish();
    }

    public BlockReader Open(BlockMeta meta) => BlockReader.Open(DataFiles.Disk, System.IO.Path.Combine(Path, meta.Ulid));

    public static byte[] Encode((long Time, double Value)[] samples)
    {
        byte[] buffer = new byte[2 + samples.Length * XorChunk.MaxSampleBytes];
        var state = XorState.Empty;
        foreach (var (time, value) in samples) Assert.True(XorChunk.TryAppend(buffer, ref state, time, value));
        return buffer[..state.ByteLength];
    }

    public static List<(long Time, double Value)> Read(SampleCursor cursor, int window = 50)
    {
        long[] timestamps = new long[window];
        double[] values = new double[window];
        var samples = new List<(long, double)>();
        for (int read; (read = cursor.Next(timestamps, values)) > 0;) samples.AddRange(timestamps.Take(read).Zip(values.Take(read)));
        return samples;
    }

    /// <summary>Series with long and odd values, uneven times, and values of every kind.</summary>
    public static List<(Labels Labels, (long Time, double Value)[] Samples)> Generate(int count, int samples, int seed = 1)
    {
        var random = new Random(seed);
        var series = new List<(Labels, (long, double)[])>();
        for (int i = 0; i < count; i++)
        {
            var labels = Labels.Of(("__name__", i % 3 == 0 ? "up" : "http_requests_total"), ("instance", $"host-{i:D4}:9100"), ("job", i % 2 == 0 ? "node" : "api"), ("ünïcode", "wert " + i % 5));
            long time = Start + random.Next(15_000);
            var points = new (long, double)[samples];
            for (int k = 0; k < samples; k++)
            {
                points[k] = (time, random.Next(20) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => StaleMarker.Value, < 10 => k, _ => random.NextDouble() });
                time += 15_000 + random.Next(-20, 20);
            }
            series.Add((labels, points));
        }
        return series;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
