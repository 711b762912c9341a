using System.Buffers;
using System.Numerics;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Lake;

/// <summary>
/// DELTA_BINARY_PACKED (Encodings.md): differences of neighbours, less the smallest of their block, bit-packed in miniblocks of a width of their own.
/// Differences wrap around 64 bits, as the format wants. Hot path: no allocation.
/// </summary>
internal static class DeltaEncoder
{
    private const int BlockValues = 128, MiniBlocks = 4, MiniBlockValues = BlockValues / MiniBlocks;

    public static void Encode(ReadOnlySpan<long> values, IBufferWriter<byte> target)
    {
        PutVarint(target, BlockValues);
        PutVarint(target, MiniBlocks);
        PutVarint(target, (ulong)values.Length);
        PutVarint(target, Varint.ZigZag(values.IsEmpty ? 0 : values[0]));
        Span<long> deltas = stackalloc long[BlockValues];
        for (int at = 1; at < values.Length; at += BlockValues)
        {
            int count = Math.Min(BlockValues, values.Length - at);
            for (int i = 0; i < count; i++) deltas[i] = unchecked(values[at + i] - values[at + i - 1]);
            EncodeBlock(deltas[..count], target);
        }
    }

    private static void EncodeBlock(Span<long> deltas, IBufferWriter<byte> target)
    {
        long least = long.MaxValue;
        foreach (long delta in deltas) least = Math.Min(least, delta);
        PutVarint(target, Varint.ZigZag(least));
        Span<ulong> above = stackalloc ulong[BlockValues];
        // The last miniblock is filled up with zeros; behind it only widths are written.
        above.Clear();
        for (int i = 0; i < deltas.Length; i++) above[i] = unchecked((ulong)deltas[i] - (ulong)least);
        var widths = target.GetSpan(MiniBlocks)[..MiniBlocks];
        Span<byte> kept = stackalloc byte[MiniBlocks];
        for (int mini = 0; mini < MiniBlocks; mini++) kept[mini] = WidthOf(above.Slice(mini * MiniBlockValues, MiniBlockValues));
        kept.CopyTo(widths);
        target.Advance(MiniBlocks);
        for (int mini = 0; mini * MiniBlockValues < deltas.Length; mini++) Pack(above.Slice(mini * MiniBlockValues, MiniBlockValues), kept[mini], target);
    }

    private static byte WidthOf(ReadOnlySpan<ulong> values)
    {
        ulong bits = 0;
        foreach (ulong value in values) bits |= value;
        return (byte)(64 - BitOperations.LeadingZeroCount(bits));
    }

    private static void Pack(ReadOnlySpan<ulong> values, int width, IBufferWriter<byte> target)
    {
        if (width == 0) return;
        var bytes = target.GetSpan(MiniBlockValues * sizeof(ulong));
        ulong bits = 0;
        int held = 0, at = 0;
        foreach (ulong value in values)
        {
            // In two halves, so that what is held and what comes fit 64 bits together.
            int low = Math.Min(width, 32);
            bits |= (value & (1UL << low) - 1) << held;
            for (held += low; held >= 8; held -= 8, bits >>= 8) bytes[at++] = (byte)bits;
            if (width == low) continue;
            bits |= value >> 32 << held;
            for (held += width - low; held >= 8; held -= 8, bits >>= 8) bytes[at++] = (byte)bits;
        }
        target.Advance(at);
    }

    private static void PutVarint(IBufferWriter<byte> target, ulong value) => target.Advance(Varint.Write(target.GetSpan(Varint.MaxBytes), value));
}
