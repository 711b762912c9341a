using System.Buffers.Binary;
using System.Numerics;

namespace Streamline.Storage.Encoding;

/// <summary>Bits out of a chunk, highest first. Reading past the end gives zeros and sets <see cref="Failed"/>, which the caller looks at once a sample.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> data, int at)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>The next bit.</summary>
    public int At { get; private set; } = at;

    /// <summary>The bytes ended too early, or said something impossible.</summary>
    public bool Failed { get; private set; }

    /// <summary>Bits that are left.</summary>
    public readonly int Left => _data.Length * 8 - At;

    /// <summary>Reads 1 to 64 bits.</summary>
    public ulong Read(int count)
    {
        ulong word = Peek() >> 64 - count;
        Skip(count);
        return word;
    }

    /// <summary>What was read cannot be.</summary>
    public void Fail() => Failed = true;

    /// <summary>Seven bits a byte, as Go's encoding/binary writes them, wherever a byte begins here.</summary>
    public ulong ReadUvarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            ulong next = Read(8);
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Failed = true;
        return value;
    }

    public double ReadDouble() => BitConverter.UInt64BitsToDouble(Read(64));

    public long ReadVarbit()
    {
        ulong value = ReadStep(out int width);
        // 2^(n-1) itself is positive; only what lies above it is negative.
        return width is > 0 and < 64 && value > 1UL << width - 1 ? (long)(value - (1UL << width)) : (long)value;
    }

    public ulong ReadVarbitUnsigned() => ReadStep(out _);

    /// <summary>A value against the one before it, as in a float chunk.</summary>
    public void ReadXor(ref XorWindow window)
    {
        ulong word = Peek();
        if ((long)word >= 0)
        {
            Skip(1);
            return;
        }
        if ((word & 1UL << 62) != 0)
        {
            int leading = (int)(word >> 57) & 31, width = (int)(word >> 51) & 63;
            Skip(13);
            if (width == 0) width = 64;
            if (leading + width > 64) Failed = true;
            else (window.Leading, window.Trailing) = ((byte)leading, (byte)(64 - leading - width));
        }
        else
        {
            Skip(2);
            // A chunk that was resumed may use a window of all 64 bits that nobody declared.
            if (window.Leading == XorState.NoWindow) window.Leading = window.Trailing = 0;
        }
        if (!Failed) window.Bits ^= Read(64 - window.Leading - window.Trailing) << window.Trailing;
    }

    private ulong ReadStep(out int width)
    {
        ulong word = Peek();
        int step = Math.Min(BitOperations.LeadingZeroCount(~word), Varbit.LongestStep);
        width = Varbit.Width(step);
        int prefix = Math.Min(step + 1, Varbit.LongestStep);
        if (step == 0)
        {
            Skip(1);
            return 0;
        }
        if (prefix + width <= 64)
        {
            Skip(prefix + width);
            return word << prefix >> 64 - width;
        }
        Skip(prefix);
        return Read(width);
    }

    private void Skip(int bits)
    {
        At += bits;
        if (At <= _data.Length * 8) return;
        At = _data.Length * 8;
        Failed = true;
    }

    private readonly ulong Peek()
    {
        int first = At >> 3, used = At & 7;
        if (first + 9 > _data.Length) return PeekTail(first, used);
        ulong word = BinaryPrimitives.ReadUInt64BigEndian(_data[first..]);
        return used == 0 ? word : word << used | (uint)_data[first + 8] >> 8 - used;
    }

    private readonly ulong PeekTail(int first, int used)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        _data[Math.Min(first, _data.Length)..].CopyTo(padded);
        ulong word = BinaryPrimitives.ReadUInt64BigEndian(padded);
        return used == 0 ? word : word << used | (uint)padded[8] >> 8 - used;
    }
}
