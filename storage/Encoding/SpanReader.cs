using System.Buffers.Binary;

namespace Streamline.Storage.Encoding;

/// <summary>Reads the fields of a file's section out of memory; what does not fit is a <see cref="StorageCorruptionException"/> with file and offset.</summary>
/// <param name="data">The bytes.</param>
/// <param name="file">Where they come from.</param>
/// <param name="start">Offset of their first byte in the file.</param>
internal ref struct SpanReader(ReadOnlySpan<byte> data, string file, long start)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public readonly int Position => _at;

    public readonly int Remaining => _data.Length - _at;

    public readonly bool AtEnd => _at == _data.Length;

    public byte Byte() => Bytes(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Bytes(sizeof(ulong)));

    public ulong Uvarint()
    {
        if (!Varint.TryRead(_data[_at..], out ulong value, out int bytes)) Throw("a varint is cut short or too long");
        _at += bytes;
        return value;
    }

    public long SignedVarint() => Varint.UnZigZag(Uvarint());

    /// <summary>A varint that counts or indexes something of which there are at most <paramref name="most"/>.</summary>
    public int Count(int most, string what)
    {
        ulong value = Uvarint();
        if (value > (ulong)most) Throw($"{what} {value} exceeds {most}");
        return (int)value;
    }

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > Remaining) Throw($"{count} bytes are needed, {Remaining} are left");
        _at += count;
        return _data.Slice(_at - count, count);
    }

    /// <summary>Bytes behind their length.</summary>
    public ReadOnlySpan<byte> Text() => Bytes(Count(Remaining, "length"));

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public readonly void Throw(string reason) => throw new StorageCorruptionException(file, start + _at, reason);
}
