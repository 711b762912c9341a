using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// The hash behind <see cref="RouteKey"/>. With AES instructions each block of 16 bytes is mixed in by two keyed rounds: an attacker who does not
/// know the key needs about 2^30 tries to make two texts meet, random texts meet at 2^64. Elsewhere SipHash-2-4 with 128 bits. Hot path.
/// </summary>
internal static class RouteHash
{
    // Below, joining the chains takes longer than they save.
    private const int TwoChainsFrom = 64;

    private static readonly Vector128<byte> KeyA = RandomBlock(), KeyB = RandomBlock(), KeyC = RandomBlock();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static RouteKey Of(ReadOnlySpan<byte> raw)
    {
        var hash = Aes.IsSupported ? OfAes(raw) : OfSip(raw, KeyA.AsUInt64()[0], KeyA.AsUInt64()[1]);
        return hash is { Low: 0, High: 0 } ? new RouteKey(1, 0) : hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static RouteKey OfAes(ReadOnlySpan<byte> raw)
    {
        var (keyB, keyC) = (KeyB, KeyC);
        var state = KeyA ^ Vector128.CreateScalar((ulong)raw.Length).AsByte();
        ref byte start = ref MemoryMarshal.GetReference(raw);
        int at = 0;
        if (raw.Length >= TwoChainsFrom) state = MixTwoChains(ref start, raw.Length, state, keyB, keyC, out at);
        for (; at <= raw.Length - 16; at += 16) state = Mix(state, Vector128.LoadUnsafe(ref start, (nuint)at), keyB, keyC);
        if (at < raw.Length)
        {
            // The last 16 bytes, overlapping the block before. The length is in the state, so no two texts meet here.
            var last = raw.Length >= 16 ? Vector128.LoadUnsafe(ref start, (nuint)raw.Length - 16) : ShortBlock(raw);
            state = Mix(state, last, keyB, keyC);
        }
        state = Aes.Encrypt(Aes.Encrypt(Aes.Encrypt(state, keyC), KeyA), keyB);
        return new RouteKey(state.AsUInt64()[0], state.AsUInt64()[1]);
    }

    // Every second block into a chain of its own, which then goes into the other as a block does: each round waits for the one before it, so two chains take the time of one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> MixTwoChains(ref byte start, int length, Vector128<byte> first, Vector128<byte> keyB, Vector128<byte> keyC, out int at)
    {
        var second = first ^ keyB;
        for (at = 0; at <= length - 32; at += 32)
        {
            first = Mix(first, Vector128.LoadUnsafe(ref start, (nuint)at), keyB, keyC);
            second = Mix(second, Vector128.LoadUnsafe(ref start, (nuint)at + 16), keyC, keyB);
        }
        return Mix(first, second, keyB, keyC);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Mix(Vector128<byte> state, Vector128<byte> block, Vector128<byte> keyB, Vector128<byte> keyC) =>
        Aes.Encrypt(Aes.Encrypt(state ^ block, keyB), keyC);

    // A text shorter than a block is filled up.
    private static Vector128<byte> ShortBlock(ReadOnlySpan<byte> raw)
    {
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        raw.CopyTo(block);
        return Vector128.Create<byte>(block);
    }

    /// <summary>SipHash-2-4 with 128 bits of output, from its reference description.</summary>
    internal static RouteKey OfSip(ReadOnlySpan<byte> raw, ulong key0, ulong key1)
    {
        var sip = new Sip
        {
            V0 = key0 ^ 0x736f6d6570736575,
            V1 = key1 ^ 0x646f72616e646f6d ^ 0xee,
            V2 = key0 ^ 0x6c7967656e657261,
            V3 = key1 ^ 0x7465646279746573,
        };
        ulong last = (ulong)raw.Length << 56;
        for (; raw.Length >= 8; raw = raw[8..]) sip.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(raw));
        for (int i = 0; i < raw.Length; i++) last |= (ulong)raw[i] << (8 * i);
        sip.Absorb(last);
        sip.V2 ^= 0xee;
        ulong low = sip.Finish();
        sip.V1 ^= 0xdd;
        return new RouteKey(low, sip.Finish());
    }

    private static Vector128<byte> RandomBlock()
    {
        Span<byte> block = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(block);
        return MemoryMarshal.Read<Vector128<byte>>(block);
    }

    private struct Sip
    {
        public ulong V0, V1, V2, V3;

        public void Absorb(ulong word)
        {
            V3 ^= word;
            Round();
            Round();
            V0 ^= word;
        }

        public ulong Finish()
        {
            for (int i = 0; i < 4; i++) Round();
            return V0 ^ V1 ^ V2 ^ V3;
        }

        private void Round()
        {
            V0 += V1;
            V1 = BitOperations.RotateLeft(V1, 13) ^ V0;
            V0 = BitOperations.RotateLeft(V0, 32);
            V2 += V3;
            V3 = BitOperations.RotateLeft(V3, 16) ^ V2;
            V0 += V3;
            V3 = BitOperations.RotateLeft(V3, 21) ^ V0;
            V2 += V1;
            V1 = BitOperations.RotateLeft(V1, 17) ^ V2;
            V2 = BitOperations.RotateLeft(V2, 32);
        }
    }
}
