using Streamline.Storage.Index;
using Streamline.Storage.Memory;

namespace Streamline.Storage.Tests.Index;

public sealed class SeriesEntriesTests
{
    private static readonly Labels Series = Labels.Of(("__name__", "a"));

    [Fact]
    public void Add_IsFoundByOwnerAndReference()
    {
        var entries = new SeriesEntries { MaxBytes = 10_000 };
        entries.Add(new ChunkKey(1, 5), Series, [new ChunkMeta(1, 2, 3)]);
        Assert.True(entries.TryGet(new ChunkKey(1, 5), out var entry));
        Assert.Equal((Series, new ChunkMeta(1, 2, 3)), (entry.Labels, Assert.Single(entry.Chunks)));
        Assert.False(entries.TryGet(new ChunkKey(2, 5), out _));
    }

    [Fact]
    public void Bound_IsKept_AndAZeroOneKeepsNothing()
    {
        var entries = new SeriesEntries { MaxBytes = 10_000 };
        for (ulong i = 0; i < 1000; i++)
        {
            entries.Add(new ChunkKey(1, i), Series, [new ChunkMeta(1, 2, i)]);
            Assert.InRange(entries.UsedBytes, 1, 10_000);
            Assert.True(entries.TryGet(new ChunkKey(1, i), out _));
        }
        entries.MaxBytes = 0;
        entries.Add(new ChunkKey(1, 1), Series, []);
        Assert.Equal(0, entries.UsedBytes);
        Assert.False(entries.TryGet(new ChunkKey(1, 1), out _));
    }
}
