using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamline.Storage.Encoding;

public static partial class Snappy
{
    // Matches never reach past a fragment, so two bytes say every offset and a table of ushort every position.
    private const int FragmentBytes = 1 << 16;
    private const int TableBits = 12;

    // The last bytes of a fragment are a literal: four-byte loads need no end check.
    private const int TailBytes = 15;

    /// <summary>Most bytes that an encoded block of so many input bytes can take.</summary>
    public static int MaxEncodedBytes(int bytes) => checked(32 + bytes + bytes / 6);

    /// <summary>Encodes into the target, which holds <see cref="MaxEncodedBytes"/>; returns the number of bytes.</summary>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Span<ushort> table = stackalloc ushort[1 << TableBits];
        int written = Varint.Write(target, (ulong)source.Length);
        while (!source.IsEmpty)
        {
            int length = Math.Min(source.Length, FragmentBytes);
            table.Clear();
            written += EncodeFragment(source[..length], target[written..], table);
            source = source[length..];
        }
        return written;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int EncodeFragment(ReadOnlySpan<byte> source, Span<byte> target, Span<ushort> table)
    {
        int written = 0, literalStart = 0, at = 1;
        int limit = source.Length - TailBytes;
        // The longer nothing matches, the larger the steps: bytes without repetition cost little.
        for (int skip = 32; at < limit; skip++)
        {
            uint word = Load(source, at);
            int slot = (int)(word * 0x1E35A7BDu >> 32 - TableBits);
            int candidate = table[slot];
            table[slot] = (ushort)at;
            if (candidate >= at || Load(source, candidate) != word)
            {
                at += skip >> 5;
                continue;
            }
            int length = 4 + MatchLength(source, candidate + 4, at + 4);
            if (at > literalStart) written += PutLiteral(source[literalStart..at], target[written..]);
            written += PutCopy(at - candidate, length, target[written..]);
            at += length;
            literalStart = at;
            skip = 31;
            if (at < limit) table[(int)(Load(source, at - 1) * 0x1E35A7BDu >> 32 - TableBits)] = (ushort)(at - 1);
        }
        return literalStart == source.Length ? written : written + PutLiteral(source[literalStart..], target[written..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MatchLength(ReadOnlySpan<byte> source, int earlier, int later)
    {
        int start = later;
        for (; later + 8 <= source.Length; later += 8, earlier += 8)
        {
            ulong differ = MemoryMarshal.Read<ulong>(source[later..]) ^ MemoryMarshal.Read<ulong>(source[earlier..]);
            if (differ == 0) continue;
            int same = BitConverter.IsLittleEndian ? BitOperations.TrailingZeroCount(differ) : BitOperations.LeadingZeroCount(differ);
            return later + same / 8 - start;
        }
        for (; later < source.Length && source[later] == source[earlier]; later++, earlier++) { }
        return later - start;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int PutLiteral(ReadOnlySpan<byte> literal, Span<byte> target)
    {
        int length = literal.Length - 1, start = 1;
        if (length < 60)
        {
            target[0] = (byte)(length << 2);
        }
        else if (length < 256)
        {
            target[0] = 60 << 2;
            target[1] = (byte)length;
            start = 2;
        }
        else
        {
            target[0] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(target[1..], (ushort)length);
            start = 3;
        }
        literal.CopyTo(target[start..]);
        return start + literal.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int PutCopy(int offset, int length, Span<byte> target)
    {
        int written = 0;
        // 64 is the longest copy; a rest below 4 could not be said in the short form, so the last but one copy leaves enough.
        for (; length >= 68; length -= 64) written += PutLongCopy(offset, 64, target[written..]);
        if (length > 64)
        {
            written += PutLongCopy(offset, 60, target[written..]);
            length -= 60;
        }
        if (length >= 12 || offset >= 2048) return written + PutLongCopy(offset, length, target[written..]);
        target[written] = (byte)(offset >> 8 << 5 | length - 4 << 2 | CopyOne);
        target[written + 1] = (byte)offset;
        return written + 2;
    }

    private static int PutLongCopy(int offset, int length, Span<byte> target)
    {
        target[0] = (byte)(length - 1 << 2 | CopyTwo);
        BinaryPrimitives.WriteUInt16LittleEndian(target[1..], (ushort)offset);
        return 3;
    }

    private static uint Load(ReadOnlySpan<byte> source, int at) => BinaryPrimitives.ReadUInt32LittleEndian(source[at..]);
}
