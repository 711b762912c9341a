using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Streamline.Storage.Memory;

/// <summary>
/// A part of <see cref="DecodedChunks"/> under a lock of its own: an open hash table of native blocks, which have everything else in them, since each cache line
/// touched costs as much as the copy of ten samples. Who makes room is found by a hand that goes round (CLOCK): it passes what was read since it came
/// by last. A full shard takes only what it has missed before, so that one look at a long past does not push out what is looked at daily.
/// </summary>
internal sealed unsafe class DecodedShard
{
    // Longer chunks are rare and worth less: of histograms there are none here.
    private const int MaxSamples = 480;

    // How far the hand goes for one new chunk.
    private const int MaxSteps = 16;

    private const int FirstSlots = 256, Seen = 4096, LineBytes = 64;

    private readonly Lock _lock = new();
    // Hashes of the chunks missed last, by their low bits.
    private readonly uint[] _missed = new uint[Seen];
    // A power of two, at most three quarters full; searched from a hash's place on to the first that is empty.
    private Slot[] _slots = new Slot[FirstSlots];
    private SlabArena _arena = new();
    private int _count, _hand;
    private long _maxBytes, _hits, _misses;

    private struct Slot
    {
        public uint Hash;
        public nint Block;
    }

    /// <summary>In front of the values, behind which an offset stands for each when the times are not regular (<see cref="Step"/> 0).</summary>
    private struct Header
    {
        public const int Bytes = 32;

        public ChunkKey Key;
        public long First;
        public uint Step;
        public ushort Count;
        public bool WasRead;
    }

    public long UsedBytes
    {
        get
        {
            lock (_lock) return _arena.UsedBytes;
        }
    }

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public void Limit(long maxBytes)
    {
        lock (_lock)
        {
            _maxBytes = maxBytes;
            if (_arena.UsedBytes <= maxBytes) return;
            // Anew: an arena keeps slabs that it does not need at the moment, and memory is wanted back.
            (_slots, _arena, _count, _hand) = (new Slot[FirstSlots], new SlabArena(), 0, 0);
        }
    }

    /// <summary>Asks the processor for the place in the table. Looks without the lock: at worst it asks for nothing of use.</summary>
    public void PrefetchSlot(uint hash)
    {
        Slot[] slots = _slots;
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref slots[hash & (uint)(slots.Length - 1)]));
    }

    /// <summary>Asks for the samples themselves, likewise.</summary>
    public void PrefetchBlock(uint hash)
    {
        Slot[] slots = _slots;
        Slot slot = slots[hash & (uint)(slots.Length - 1)];
        if (slot.Hash != hash || slot.Block == 0 || !Sse.IsSupported) return;
        // The processor goes on by itself from here.
        for (int at = 0; at < 8 * LineBytes; at += LineBytes) Sse.Prefetch0((byte*)slot.Block + at);
    }

    public int TryCopy(in ChunkKey key, uint hash, int from, Span<long> timestamps, Span<double> values, out bool isEnd)
    {
        lock (_lock)
        {
            int place = Find(key, hash);
            if (place < 0)
            {
                _misses++;
                isEnd = false;
                return 0;
            }
            if (from == 0) _hits++;
            ref Header header = ref HeaderOf(_slots[place].Block);
            header.WasRead = true;
            int count = Math.Min(header.Count - from, Math.Min(timestamps.Length, values.Length));
            isEnd = from + count == header.Count;
            CopyTimes(header, _slots[place].Block, from, timestamps[..count]);
            new ReadOnlySpan<double>((double*)(_slots[place].Block + Header.Bytes) + from, count).CopyTo(values);
            return count;
        }
    }

    public void Add(in ChunkKey key, uint hash, ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        int count = timestamps.Length;
        if (count is 0 or > MaxSamples) return;
        long step = StepOf(timestamps);
        if (step < 0) return;
        int bytes = BytesOf(count, step);
        lock (_lock)
        {
            if (Find(key, hash) >= 0 || !HasRoom(hash, bytes)) return;
            nint block = _arena.Allocate(bytes);
            HeaderOf(block) = new Header { Key = key, First = timestamps[0], Step = (uint)step, Count = (ushort)count };
            values.CopyTo(new Span<double>((byte*)block + Header.Bytes, count));
            if (step == 0) WriteOffsets((uint*)(block + Header.Bytes + count * sizeof(double)), timestamps);
            if (++_count > _slots.Length / 4 * 3) Grow();
            Put(_slots, hash, block);
        }
    }

    private static ref Header HeaderOf(nint block) => ref *(Header*)block;

    private static int BytesOf(int count, long step) => Header.Bytes + count * (sizeof(double) + (step == 0 ? sizeof(uint) : 0));

    private int Find(in ChunkKey key, uint hash)
    {
        Slot[] slots = _slots;
        uint mask = (uint)(slots.Length - 1);
        for (uint at = hash & mask; slots[at].Block != 0; at = at + 1 & mask)
        {
            if (slots[at].Hash == hash && HeaderOf(slots[at].Block).Key == key) return (int)at;
        }
        return -1;
    }

    private static void CopyTimes(in Header header, nint block, int from, Span<long> timestamps)
    {
        if (header.Step > 0)
        {
            Encoding.XorRun.FillTimes(timestamps, header.First + from * (long)header.Step, header.Step);
            return;
        }
        var offsets = new ReadOnlySpan<uint>((byte*)block + Header.Bytes + header.Count * sizeof(double), header.Count)[from..];
        for (int i = 0; i < timestamps.Length; i++) timestamps[i] = header.First + offsets[i];
    }

    /// <summary>The distance of all times, 0 when they are not regular, -1 when they cannot be kept in 32 bits.</summary>
    private static long StepOf(ReadOnlySpan<long> timestamps)
    {
        if (timestamps[^1] - timestamps[0] is < 0 or > uint.MaxValue) return -1;
        long step = timestamps.Length > 1 ? timestamps[1] - timestamps[0] : 1;
        for (int i = 2; i < timestamps.Length; i++)
        {
            if (timestamps[i] - timestamps[i - 1] != step) return 0;
        }
        return Math.Max(step, 0);
    }

    private static void WriteOffsets(uint* offsets, ReadOnlySpan<long> timestamps)
    {
        for (int i = 0; i < timestamps.Length; i++) offsets[i] = (uint)(timestamps[i] - timestamps[0]);
    }

    private bool HasRoom(uint hash, int bytes)
    {
        if (_arena.UsedBytes + bytes + SlabArena.Unit <= _maxBytes) return true;
        ref uint missed = ref _missed[hash % Seen];
        if (missed != hash)
        {
            missed = hash;
            return false;
        }
        for (int step = 0; step < MaxSteps && _count > 0; step++)
        {
            Turn();
            if (_arena.UsedBytes + bytes + SlabArena.Unit <= _maxBytes) return true;
        }
        return false;
    }

    private void Turn()
    {
        if (_hand >= _slots.Length) _hand = 0;
        nint block = _slots[_hand].Block;
        if (block != 0 && !HeaderOf(block).WasRead)
        {
            // What moves up into its place is looked at next.
            _arena.Free(block, BytesOf(HeaderOf(block).Count, HeaderOf(block).Step));
            Remove((uint)_hand);
            return;
        }
        if (block != 0) HeaderOf(block).WasRead = false;
        _hand++;
    }

    // Those behind it that a search would no longer reach move up.
    private void Remove(uint hole)
    {
        Slot[] slots = _slots;
        uint mask = (uint)(slots.Length - 1);
        for (uint at = hole + 1 & mask; slots[at].Block != 0; at = at + 1 & mask)
        {
            if ((at - (slots[at].Hash & mask) & mask) < (at - hole & mask)) continue;
            slots[hole] = slots[at];
            hole = at;
        }
        slots[hole] = default;
        _count--;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        foreach (Slot slot in _slots)
        {
            if (slot.Block != 0) Put(larger, slot.Hash, slot.Block);
        }
        _slots = larger;
    }

    private static void Put(Slot[] slots, uint hash, nint block)
    {
        uint mask = (uint)(slots.Length - 1), at = hash & mask;
        while (slots[at].Block != 0) at = at + 1 & mask;
        slots[at] = new Slot { Hash = hash, Block = block };
    }
}
