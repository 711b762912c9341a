using System.Runtime.InteropServices;

namespace Streamline.Storage.Memory;

/// <summary>
/// Native memory in blocks of a multiple of 16 bytes, cut from 64 KiB slabs with one free list per size; the collector never sees it. One thread at a time
/// (the committer). Slabs are kept for reuse and go back to the system when the arena is unreachable: a reader that outlives the database stays safe.
/// </summary>
internal sealed unsafe class SlabArena
{
    /// <summary>Blocks are multiples of this.</summary>
    public const int Unit = 16;

    /// <summary>Largest block.</summary>
    public const int MaxBlockBytes = 1280;

    private const int SlabBytes = 64 << 10;

    private readonly List<nint> _slabs = [];
    private readonly nint[] _free = new nint[MaxBlockBytes / Unit + 1];
    private readonly nint[] _bump = new nint[MaxBlockBytes / Unit + 1];
    private readonly int[] _left = new int[MaxBlockBytes / Unit + 1];

    ~SlabArena()
    {
        foreach (nint slab in _slabs) NativeMemory.AlignedFree((void*)slab);
    }

    /// <summary>Bytes handed out.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes taken from the system.</summary>
    public long ReservedBytes => (long)_slabs.Count * SlabBytes;

    /// <summary>A block of at least that many bytes, not cleared.</summary>
    public nint Allocate(int bytes)
    {
        int units = (bytes + Unit - 1) / Unit;
        UsedBytes += units * Unit;
        nint block = _free[units];
        if (block == 0) return Bump(units);
        _free[units] = *(nint*)block;
        return block;
    }

    /// <summary>Takes back a block of the size given to <see cref="Allocate"/>; nobody may read it any more.</summary>
    public void Free(nint block, int bytes)
    {
        int units = (bytes + Unit - 1) / Unit;
        UsedBytes -= units * Unit;
        *(nint*)block = _free[units];
        _free[units] = block;
    }

    private nint Bump(int units)
    {
        if (_left[units] == 0)
        {
            nint slab = (nint)NativeMemory.AlignedAlloc(SlabBytes, 64);
            _slabs.Add(slab);
            _bump[units] = slab;
            _left[units] = SlabBytes / (units * Unit);
        }
        nint block = _bump[units];
        _bump[units] += units * Unit;
        _left[units]--;
        return block;
    }
}
