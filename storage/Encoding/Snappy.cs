using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Streamline.Storage.Encoding;

/// <summary>
/// Snappy's block format (google/snappy, format_description.txt): a declared length, then literals and copies out of what was already written. Both ways
/// over spans of the caller; nothing is allocated, nothing outside the spans is touched, and no input can write more than it declared.
/// </summary>
public static partial class Snappy
{
    private const int Literal = 0, CopyOne = 1, CopyTwo = 2, CopyFour = 3;

    // A four-byte copy of 64 bytes takes 5 bytes, a two-byte copy 3: no honest block is longer than 22 times its bytes.
    private const int MostExpansion = 22;

    // Bytes copied at once, and the longest copy that one element can ask for.
    private const int Step = 16, LongestCopy = 64;

    /// <summary>The length that a block declares. False for a broken one, or when it exceeds <paramref name="maxBytes"/> or what so few bytes can hold.</summary>
    public static bool TryGetLength(ReadOnlySpan<byte> block, int maxBytes, out int length)
    {
        length = 0;
        if (!Varint.TryRead(block, out ulong declared, out int bytes) || bytes > Varint.MaxBytes32 || declared > (ulong)maxBytes) return false;
        if (declared > (ulong)(block.Length - bytes) * MostExpansion) return false;
        length = (int)declared;
        return true;
    }

    /// <summary>Decodes into the first bytes of the target, which holds the declared length. False when the block is broken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> target, out int written)
    {
        written = 0;
        if (!TryGetLength(block, target.Length, out int length)) return false;
        Varint.TryRead(block, out _, out int at);
        target = target[..length];
        while (at < block.Length)
        {
            if (TryCopyShort(block, ref at, target, ref written)) continue;
            int tag = block[at++];
            bool good = (tag & 3) == Literal
                ? CopyLiteral(block, ref at, tag, target, ref written)
                : CopyBack(block, ref at, tag, target, ref written);
            if (!good) return false;
        }
        return written == length;
    }

    // Nearly all that a block holds: literals up to 16 bytes, and copies that do not overlap within 16. Copied in steps of 16 where both sides have the room, so that a step may
    // write what the next element overwrites; all else, and every fault, is for the careful ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // a remote write body is 30% elements of a few bytes, each of which cost a call and a memmove
    private static bool TryCopyShort(ReadOnlySpan<byte> block, scoped ref int at, Span<byte> target, scoped ref int written)
    {
        if (block.Length - at < 1 + Step || target.Length - written < LongestCopy) return false;
        ref byte source = ref MemoryMarshal.GetReference(block);
        ref byte output = ref MemoryMarshal.GetReference(target);
        int tag = block[at], length = (tag >> 2) + 1;
        if ((tag & 3) == Literal)
        {
            if (length > Step) return false;
            Vector128.LoadUnsafe(ref source, (nuint)at + 1).StoreUnsafe(ref output, (nuint)written);
            at += 1 + length;
            written += length;
            return true;
        }
        int offset = block[at + 1], extra = 2;
        if ((tag & 3) == CopyOne)
        {
            length = (tag >> 2 & 7) + 4;
            offset |= tag >> 5 << 8;
        }
        else if ((tag & 3) == CopyTwo)
        {
            offset |= block[at + 2] << 8;
            extra = 3;
        }
        else
        {
            return false;
        }
        if (offset < Step || offset > written) return false;
        for (int done = 0; done < length; done += Step) Vector128.LoadUnsafe(ref output, (nuint)(written - offset + done)).StoreUnsafe(ref output, (nuint)(written + done));
        at += extra;
        written += length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool CopyLiteral(ReadOnlySpan<byte> block, scoped ref int at, int tag, Span<byte> target, scoped ref int written)
    {
        uint length = (uint)tag >> 2;
        if (length >= 60)
        {
            int bytes = (int)length - 59;
            if (block.Length - at < bytes) return false;
            length = 0;
            for (int i = 0; i < bytes; i++) length |= (uint)block[at + i] << 8 * i;
            at += bytes;
        }
        // The stored number is one less than the length, which may be 2^32.
        long count = length + 1L;
        if (count > block.Length - at || count > target.Length - written) return false;
        block.Slice(at, (int)count).CopyTo(target[written..]);
        at += (int)count;
        written += (int)count;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool CopyBack(ReadOnlySpan<byte> block, scoped ref int at, int tag, Span<byte> target, scoped ref int written)
    {
        int extra = (tag & 3) switch { CopyOne => 1, CopyTwo => 2, _ => 4 };
        if (block.Length - at < extra) return false;
        int length = (tag >> 2) + 1;
        uint offset = block[at];
        if (extra == 1)
        {
            length = (tag >> 2 & 7) + 4;
            offset |= (uint)(tag >> 5) << 8;
        }
        else
        {
            offset |= (uint)block[at + 1] << 8;
            if (extra == 4) offset |= (uint)block[at + 2] << 16 | (uint)block[at + 3] << 24;
        }
        at += extra;
        if (offset == 0 || offset > (uint)written || length > target.Length - written) return false;
        var source = target.Slice(written - (int)offset, Math.Min((int)offset, length));
        var place = target.Slice(written, length);
        written += length;
        if (source.Length == length) source.CopyTo(place);
        else Repeat(source, place);
        return true;
    }

    // The copy overlaps its own output: a pattern repeated.
    private static void Repeat(ReadOnlySpan<byte> pattern, Span<byte> place)
    {
        if (pattern.Length == 1)
        {
            place.Fill(pattern[0]);
            return;
        }
        for (int i = 0, j = 0; i < place.Length; i++)
        {
            place[i] = pattern[j];
            if (++j == pattern.Length) j = 0;
        }
    }
}
