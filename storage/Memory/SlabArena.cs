using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Memory;

/// <summary>
/// Native memory in blocks of a multiple of 16 bytes, cut from 64 KiB slabs of one block size each; the collector never sees it. A slab whose last block comes
/// back serves any other size: series that grow side by side leave whole slabs of the smaller sizes behind, which cost 2,300 bytes a series when each size
/// kept its own. One thread at a time (the committer). Memory goes back to the system when the arena is unreachable: a reader that outlives the database
/// stays safe.
/// </summary>
internal sealed unsafe partial class SlabArena
{
    /// <summary>Blocks are multiples of this.</summary>
    public const int Unit = 16;

    /// <summary>Largest block cut from a slab; larger ones come from the system, one by one.</summary>
    public const int MaxSlabBlockBytes = 8 << 10;

    // Slabs start at multiples of their size, so that a block's slab is found by its address. The system is asked for 64 at a time.
    private const int SlabBytes = 64 << 10, RegionBytes = 4 << 20;

    // Empty slabs kept for what comes next, 4 MiB; the memory of more goes back to the system, their addresses stay.
    private const int MostEmptySlabs = 64;

    private readonly List<nint> _regions = [];
    private readonly HashSet<nint> _large = [];
    // By block size in units: the first of the slabs with room. A full slab is in no list.
    private readonly nint[] _open = new nint[MaxSlabBlockBytes / Unit + 1];
    private readonly Stack<nint> _empty = new();
    private readonly Stack<nint> _returned = new();

    ~SlabArena()
    {
        foreach (nint region in _regions) NativeMemory.AlignedFree((void*)region);
        foreach (nint block in _large) NativeMemory.Free((void*)block);
    }

    /// <summary>At the start of a slab, a cache line of its own.</summary>
    private struct Slab
    {
        public const int Bytes = 64;

        public nint Next, Previous, Free, Bump;
        public int Used, Units, Left;
    }

    /// <summary>Bytes handed out.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes taken from the system and not given back.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>A block of at least that many bytes, not cleared.</summary>
    public nint Allocate(int bytes)
    {
        if (bytes > MaxSlabBlockBytes) return AllocateLarge(bytes);
        int units = (bytes + Unit - 1) / Unit;
        UsedBytes += units * Unit;
        nint at = _open[units];
        if (at == 0) at = OpenSlab(units);
        ref var slab = ref At(at);
        nint block = slab.Free;
        if (block != 0)
        {
            slab.Free = *(nint*)block;
        }
        else
        {
            block = slab.Bump;
            slab.Bump += units * Unit;
            slab.Left--;
        }
        slab.Used++;
        if (slab.Free == 0 && slab.Left == 0) Unlink(ref slab);
        return block;
    }

    /// <summary>Takes back a block of the size given to <see cref="Allocate"/>; nobody may read it any more.</summary>
    public void Free(nint block, int bytes)
    {
        if (bytes > MaxSlabBlockBytes)
        {
            FreeLarge(block, bytes);
            return;
        }
        nint at = block & ~(nint)(SlabBytes - 1);
        ref var slab = ref At(at);
        UsedBytes -= slab.Units * Unit;
        bool wasFull = slab.Free == 0 && slab.Left == 0;
        *(nint*)block = slab.Free;
        slab.Free = block;
        if (--slab.Used > 0)
        {
            if (wasFull) Link(at, ref slab);
            return;
        }
        if (!wasFull) Unlink(ref slab);
        GiveUp(at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Slab At(nint slab) => ref *(Slab*)slab;

    private nint OpenSlab(int units)
    {
        nint at = TakeEmpty();
        At(at) = new Slab { Units = units, Bump = at + Slab.Bytes, Left = (SlabBytes - Slab.Bytes) / (units * Unit) };
        Link(at, ref At(at));
        return at;
    }

    private nint TakeEmpty()
    {
        if (_empty.TryPop(out nint slab)) return slab;
        ReservedBytes += SlabBytes;
        if (_returned.TryPop(out slab)) return slab;
        nint region = (nint)NativeMemory.AlignedAlloc(RegionBytes, SlabBytes);
        _regions.Add(region);
        for (int at = RegionBytes - SlabBytes; at > 0; at -= SlabBytes) _returned.Push(region + at);
        return region;
    }

    private void GiveUp(nint slab)
    {
        if (_empty.Count < MostEmptySlabs || !TryReturn(slab))
        {
            _empty.Push(slab);
            return;
        }
        ReservedBytes -= SlabBytes;
        _returned.Push(slab);
    }

    private void Link(nint at, ref Slab slab)
    {
        slab.Previous = 0;
        slab.Next = _open[slab.Units];
        if (slab.Next != 0) At(slab.Next).Previous = at;
        _open[slab.Units] = at;
    }

    private void Unlink(ref Slab slab)
    {
        if (slab.Previous != 0) At(slab.Previous).Next = slab.Next;
        else _open[slab.Units] = slab.Next;
        if (slab.Next != 0) At(slab.Next).Previous = slab.Previous;
        slab.Next = slab.Previous = 0;
    }

    private nint AllocateLarge(int bytes)
    {
        nint block = (nint)NativeMemory.Alloc((nuint)bytes);
        _large.Add(block);
        UsedBytes += bytes;
        ReservedBytes += bytes;
        return block;
    }

    private void FreeLarge(nint block, int bytes)
    {
        _large.Remove(block);
        NativeMemory.Free((void*)block);
        UsedBytes -= bytes;
        ReservedBytes -= bytes;
    }

    // The pages read as zeros afterwards and take no memory until they are written again.
    private static bool TryReturn(nint slab) => OperatingSystem.IsLinux() && Advise((void*)slab, SlabBytes, DontNeed) == 0;

    private const int DontNeed = 4;

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
