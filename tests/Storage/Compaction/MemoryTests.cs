using Streamline.Storage.Blocks;
using Streamline.Storage.Compaction;
using Streamline.Storage.Files;
using Streamline.Tests.Shared;

namespace Streamline.Storage.Tests.Compaction;

/// <summary>The heap is measured while no other test runs.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MeasuredAlone;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    /// <summary>The live heap at the middle of a compaction does not follow the samples: eight times the chunks, the same memory.</summary>
    [Fact]
    public void LiveMemory_DoesNotFollowTheSamples()
    {
        long few = LiveBytes(series: 300, chunksPerSeries: 8), many = LiveBytes(series: 300, chunksPerSeries: 64);
        Assert.True(many < few + 300_000, $"{few} bytes with 8 chunks a series, {many} with 64");
    }

    private static long LiveBytes(int series, int chunksPerSeries)
    {
        using var fixture = new Blocks.BlockFixture();
        var samples = Enumerable.Range(0, 120 * chunksPerSeries).Select(i => (Blocks.BlockFixture.Start + i * 1000L, i * 1.7)).ToArray();
        var chunks = samples.Chunk(120).Select(c => (c[0].Item1, c[^1].Item1, Blocks.BlockFixture.Encode(c))).ToList();
        var readers = new List<BlockReader>();
        for (int b = 0; b < 2; b++)
        {
            using var writer = new BlockWriter(DataFiles.Disk, fixture.Path, new ManualTimeProvider(), new BlockOrigin(samples[0].Item1, samples[^1].Item1 + 1));
            for (int i = 0; i < series; i++)
            {
                writer.StartSeries(Labels.Of(("__name__", "m"), ("i", i.ToString("D6", System.Globalization.CultureInfo.InvariantCulture))));
                foreach (var (min, max, data) in chunks) writer.AddChunk(min, max, data);
            }
            readers.Add(fixture.Open(writer.Finish()!));
        }
        long before = GC.GetTotalMemory(forceFullCollection: true), during = 0;
        int asked = 0;
        var compactor = new BlockCompactor(DataFiles.Disk, fixture.Path, new ManualTimeProvider(), () =>
        {
            if (++asked == series / 2) during = GC.GetTotalMemory(forceFullCollection: true);
            return false;
        });
        var meta = compactor.Write(readers, 2)!;
        Assert.Equal(samples.LongLength * series, meta.Stats.NumSamples);
        foreach (var reader in readers) reader.Dispose();
        return during - before;
    }
}
