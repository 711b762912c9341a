using Streamline.Storage.Memory;

namespace Streamline.Storage.Tests;

public sealed class SlabArenaTests
{
    [Fact]
    public void EmptySlabs_ServeOtherSizes()
    {
        var arena = new SlabArena();
        nint[] blocks = new nint[20_000];
        long peak = 0;
        foreach (int size in (int[])[64, 96, 128, 192, 256, 384, 512])
        {
            var grown = new nint[blocks.Length];
            for (int i = 0; i < blocks.Length; i++)
            {
                grown[i] = arena.Allocate(size);
                if (blocks[i] != 0) arena.Free(blocks[i], Smaller(size));
            }
            blocks = grown;
            peak = Math.Max(peak, arena.ReservedBytes);
            Assert.Equal((long)size * blocks.Length, arena.UsedBytes);
        }
        // Without reuse the sum of all sizes stays reserved, 1,632 bytes a block; here little more than the largest.
        Assert.InRange(peak, 512L * blocks.Length, (512 + 60L) * blocks.Length + (6 << 20));
        foreach (nint block in blocks) arena.Free(block, 512);
        Assert.Equal(0, arena.UsedBytes);
        Assert.InRange(arena.ReservedBytes, 0, 8 << 20);
    }

    [Fact]
    public void Blocks_NeverOverlap_UnderRandomUse()
    {
        const int seed = 20260;
        var random = new Random(seed);
        var arena = new SlabArena();
        var live = new List<(nint Block, int Bytes, byte Mark)>();
        for (int i = 0; i < 60_000; i++)
        {
            if (live.Count > 0 && random.Next(100) < (i / 10_000 % 2 == 0 ? 40 : 60))
            {
                int at = random.Next(live.Count);
                Check(live[at]);
                arena.Free(live[at].Block, live[at].Bytes);
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
                continue;
            }
            int bytes = random.Next(50) == 0 ? random.Next(8000, 20_000) : random.Next(16, 1300);
            var block = (Block: arena.Allocate(bytes), Bytes: bytes, Mark: (byte)random.Next(256));
            Assert.Equal(0, block.Block % SlabArena.Unit);
            Bytes(block).Fill(block.Mark);
            live.Add(block);
        }
        Assert.All(live, Check);
        // Without this the collector may take the arena, and with it the memory that is being checked.
        GC.KeepAlive(arena);

        static void Check((nint Block, int Bytes, byte Mark) block) => Assert.Equal(-1, Bytes(block).IndexOfAnyExcept(block.Mark));
        static Span<byte> Bytes((nint Block, int Bytes, byte Mark) block) => ChunkBlock.Raw(block.Block, block.Bytes);
    }

    private static int Smaller(int size) => size switch { 96 => 64, 128 => 96, 192 => 128, 256 => 192, 384 => 256, _ => 384 };
}
