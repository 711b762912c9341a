using Streamline.Storage.Files;
using Streamline.Storage.HeadChunks;

namespace Streamline.Storage.Tests.HeadChunks;

/// <summary>Chunks read through windows are those that were written, in whatever order they are asked for, also while the file grows.</summary>
public sealed class HeadChunkWindowTests : IDisposable
{
    private const int Seed = 271828;
    private readonly string _directory = Directory.CreateTempSubdirectory("windows-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // More stretches than there are windows, too.
    [Theory]
    [InlineData(8)]
    [InlineData(150)]
    public void Read_SeriesAfterSeries_GivesWhatWasWritten(int generations)
    {
        var random = new Random(Seed);
        using var files = new HeadChunkFiles(DataFiles.Disk, _directory);
        var chunks = new List<(ulong Ref, byte[] Data)[]>();
        for (int g = 0; g < generations; g++) chunks.Add(Write(files, random, series: 50));
        using var windows = new HeadChunkWindows(files);
        for (int s = 0; s < 50; s++)
        {
            foreach (var generation in chunks) Assert.Equal(generation[s].Data, windows.Read(generation[s].Ref, generation[s].Data.Length).ToArray());
        }
        for (int i = 0; i < 500; i++)
        {
            var (reference, data) = chunks[random.Next(generations)][random.Next(50)];
            Assert.Equal(data, windows.Read(reference, data.Length).ToArray());
        }
    }

    [Fact]
    public void Read_ChunksWrittenAfterTheWindowWasFilled_AreSeen()
    {
        var random = new Random(Seed);
        using var files = new HeadChunkFiles(DataFiles.Disk, _directory);
        using var windows = new HeadChunkWindows(files);
        for (int round = 0; round < 30; round++)
        {
            foreach (var (reference, data) in Write(files, random, series: 3)) Assert.Equal(data, windows.Read(reference, data.Length).ToArray());
        }
    }

    [Fact]
    public void Read_DamagedChunk_IsCorruption()
    {
        using var files = new HeadChunkFiles(DataFiles.Disk, _directory);
        var chunks = Write(files, new Random(Seed), series: 3);
        files.All[0].File.Write([0xEE, 0xEE], (long)(chunks[1].Ref & uint.MaxValue) + 40);
        using var windows = new HeadChunkWindows(files);
        Assert.Equal(chunks[0].Data, windows.Read(chunks[0].Ref, chunks[0].Data.Length).ToArray());
        Assert.Throws<StorageCorruptionException>(() => windows.Read(chunks[1].Ref, chunks[1].Data.Length));
        Assert.Equal(chunks[2].Data, windows.Read(chunks[2].Ref, chunks[2].Data.Length).ToArray());
    }

    private static (ulong Ref, byte[] Data)[] Write(HeadChunkFiles files, Random random, int series)
    {
        byte[][] data = [.. Enumerable.Range(0, series).Select(_ => new byte[random.Next(20, 900)])];
        for (int i = 0; i < series; i++)
        {
            random.NextBytes(data[i]);
            files.Add(new HeadChunkInfo((ulong)i + 1, 1000, 2000, 1, false), data[i]);
        }
        var references = new List<ulong>();
        Assert.True(files.TryFlush(references, out string error), error);
        return [.. references.Zip(data)];
    }
}
