using System.Buffers;

namespace Streamline.Storage.Lake;

/// <summary>
/// Thrift's compact protocol (thrift-compact-protocol.md), the part that Parquet's headers and footer need: structs, lists, integers, strings, booleans.
/// Fields of a struct are written with rising ids.
/// </summary>
internal sealed class ThriftWriter(IBufferWriter<byte> target)
{
    public const byte True = 1, False = 2, Byte = 3, Int32 = 5, Int64 = 6, Binary = 8, List = 9, Struct = 12;

    private const int LongestShortList = 14;

    // Ids are written as the distance to the last one of the same struct.
    private readonly Stack<int> _outer = new();
    private int _last;

    public void Int(int id, int value)
    {
        Field(id, Int32);
        Varint(Encoding.Varint.ZigZag(value));
    }

    public void Long(int id, long value)
    {
        Field(id, Int64);
        Varint(Encoding.Varint.ZigZag(value));
    }

    public void SmallInt(int id, sbyte value)
    {
        Field(id, Byte);
        Raw((byte)value);
    }

    public void Bool(int id, bool value) => Field(id, value ? True : False);

    public void Bytes(int id, ReadOnlySpan<byte> value)
    {
        Field(id, Binary);
        BytesItem(value);
    }

    public void Text(int id, string value) => Bytes(id, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>Opens a field that is a struct; <see cref="End"/> closes it.</summary>
    public void Open(int id)
    {
        Field(id, Struct);
        OpenItem();
    }

    /// <summary>A field that is a struct without fields, as the members of Parquet's unions are.</summary>
    public void Empty(int id)
    {
        Open(id);
        End();
    }

    /// <summary>Opens a list; its items follow, one call each.</summary>
    public void OpenList(int id, byte itemType, int count)
    {
        Field(id, List);
        if (count <= LongestShortList)
        {
            Raw((byte)(count << 4 | itemType));
            return;
        }
        Raw((byte)(0xF0 | itemType));
        Varint((ulong)count);
    }

    public void IntItem(int value) => Varint(Encoding.Varint.ZigZag(value));

    public void BytesItem(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        target.Write(value);
    }

    /// <summary>Opens a struct that is a list's item or the outermost one.</summary>
    public void OpenItem()
    {
        _outer.Push(_last);
        _last = 0;
    }

    /// <summary>Closes the struct opened last.</summary>
    public void End()
    {
        Raw(0);
        _last = _outer.Pop();
    }

    private void Field(int id, byte type)
    {
        int distance = id - _last;
        _last = id;
        if (distance is > 0 and <= 15)
        {
            Raw((byte)(distance << 4 | type));
            return;
        }
        Raw(type);
        Varint(Encoding.Varint.ZigZag(id));
    }

    private void Raw(byte value)
    {
        target.GetSpan(1)[0] = value;
        target.Advance(1);
    }

    private void Varint(ulong value) => target.Advance(Encoding.Varint.Write(target.GetSpan(Encoding.Varint.MaxBytes), value));
}
