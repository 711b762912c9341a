using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Streamline.Storage.Encoding;

/// <summary>CRC-32 with the Castagnoli polynomial, the checksum of every file of Prometheus. Hardware does eight bytes a step.</summary>
public static class Crc32C
{
    /// <summary>Bytes of a stored checksum.</summary>
    public const int Size = 4;

    /// <summary>Start of a checksum that grows by <see cref="Update"/>; <see cref="Finish"/> ends it.</summary>
    public const uint Start = 0xFFFFFFFF;

    /// <summary>The checksum of all of it.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => Finish(Update(Start, data));

    /// <summary>The state after more bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Update(uint state, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= 8; data = data[8..]) state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte b in data) state = BitOperations.Crc32C(state, b);
        return state;
    }

    /// <summary>The checksum that a state stands for.</summary>
    public static uint Finish(uint state) => ~state;
}
