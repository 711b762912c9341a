using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Memory;

/// <summary>Lines of all slots in native pages that never move, so that a slot's address is good while the table lives. Reading is lock free.</summary>
internal sealed unsafe class LineTable
{
    private const int PageBits = 12, PageLines = 1 << PageBits;

    private readonly Lock _growth = new();
    private volatile nint[] _pages = [];

    ~LineTable()
    {
        foreach (nint page in _pages) NativeMemory.AlignedFree((void*)page);
    }

    /// <summary>Slots that have a line.</summary>
    public int Capacity => _pages.Length << PageBits;

    /// <summary>The line of a slot below <see cref="Capacity"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SeriesLine At(int slot) => ref ((SeriesLine*)_pages[slot >> PageBits])[slot & PageLines - 1];

    /// <summary>Whether the slot's tenant has this reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLive(SeriesHandle handle)
    {
        nint[] pages = _pages;
        int page = handle.Slot >> PageBits;
        return (uint)page < (uint)pages.Length && handle.Ref != 0
            && Volatile.Read(ref ((SeriesLine*)pages[page])[handle.Slot & PageLines - 1].Ref) == handle.Ref;
    }

    /// <summary>Asks the processor for a line that is needed soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int slot)
    {
        nint[] pages = _pages;
        int page = slot >> PageBits;
        if ((uint)page < (uint)pages.Length && System.Runtime.Intrinsics.X86.Sse.IsSupported)
            System.Runtime.Intrinsics.X86.Sse.Prefetch0((SeriesLine*)pages[page] + (slot & PageLines - 1));
    }

    /// <summary>Asks for the two places of the slot's open chunk that an append touches: its header and where its bits end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchChunk(int slot)
    {
        ref var line = ref At(slot);
        if (line.Chunk == 0 || !System.Runtime.Intrinsics.X86.Sse.IsSupported) return;
        System.Runtime.Intrinsics.X86.Sse.Prefetch0((byte*)line.Chunk);
        System.Runtime.Intrinsics.X86.Sse.Prefetch0((byte*)line.Chunk + ChunkHeader.Bytes + (line.State.BitLength >> 3));
    }

    /// <summary>Makes room for a slot.</summary>
    public void Ensure(int slot)
    {
        if (slot < Capacity) return;
        lock (_growth)
        {
            while (slot >= Capacity)
            {
                nint page = (nint)NativeMemory.AlignedAlloc(PageLines * SeriesLine.Bytes, SeriesLine.Bytes);
                NativeMemory.Clear((void*)page, PageLines * SeriesLine.Bytes);
                _pages = [.. _pages, page];
            }
        }
    }
}
