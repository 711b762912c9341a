using System.Runtime.CompilerServices;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Variable-length integers as Go's encoding/binary writes them: seven bits a byte, least significant group first, the top bit set on all but the last
/// byte; signed ones are zigzag-folded first. Hot path: no allocation, no exception.
/// </summary>
internal static class Varint
{
    /// <summary>Longest form of 64 bits.</summary>
    public const int MaxBytes = 10;

    /// <summary>Longest form of 32 bits.</summary>
    public const int MaxBytes32 = 5;

    public static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    public static int SizeOf(ulong value) => (70 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    public static int SizeOfSigned(long value) => SizeOf(ZigZag(value));

    /// <summary>Writes and returns the number of bytes; the target must hold <see cref="SizeOf"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Write(Span<byte> target, ulong value)
    {
        int at = 0;
        for (; value >= 0x80; value >>= 7) target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }

    public static int WriteSigned(Span<byte> target, long value) => Write(target, ZigZag(value));

    /// <summary>Reads one integer; false when the bytes end inside it or it exceeds 64 bits. <paramref name="bytes"/> is its length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ulong value, out int bytes)
    {
        if (!source.IsEmpty && source[0] < 0x80)
        {
            value = source[0];
            bytes = 1;
            return true;
        }
        return TryReadLong(source, out value, out bytes);
    }

    public static bool TryReadSigned(ReadOnlySpan<byte> source, out long value, out int bytes)
    {
        bool read = TryRead(source, out ulong folded, out bytes);
        value = UnZigZag(folded);
        return read;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, out ulong value, out int bytes)
    {
        value = 0;
        int most = Math.Min(source.Length, MaxBytes);
        for (bytes = 0; bytes < most;)
        {
            byte next = source[bytes];
            value |= (ulong)(next & 0x7F) << 7 * bytes++;
            if (next >= 0x80) continue;
            return bytes < MaxBytes || next <= 1;
        }
        return false;
    }
}
