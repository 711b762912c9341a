using System.Buffers.Binary;

namespace Streamline.Storage.Snapshot;

/// <summary>Walks the content of one frame. Its checksum was right, so a frame that ends too early throws <see cref="FormatException"/>: another writer's work.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    public readonly bool AtEnd => _rest.IsEmpty;

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    public long Int64() => (long)UInt64();

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    /// <summary>A number of things to come, of which each takes at least so many bytes here.</summary>
    public int Count(int leastBytes)
    {
        int count = Int32();
        return count >= 0 && (long)count * leastBytes <= _rest.Length ? count : throw Short();
    }

    /// <summary>Bytes behind their length.</summary>
    public ReadOnlySpan<byte> Text() => Bytes(Int32());

    /// <summary>A record in the form of the log, which has a type at least.</summary>
    public ReadOnlySpan<byte> Record() => Text() is { IsEmpty: false } record ? record : throw Short();

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length) throw Short();
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    private static FormatException Short() => new("frame is cut short");
}
