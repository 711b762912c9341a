using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streamline.Web.Federation;

/// <summary>A message being written, field by field.</summary>
internal sealed class ProtobufBuffer
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Clear() => _bytes.ResetWrittenCount();

    public void Number(int field, long value)
    {
        Tag(field, Varint);
        Write((ulong)value);
    }

    /// <summary>In zigzag.</summary>
    public void Signed(int field, int value)
    {
        Tag(field, Varint);
        Write((uint)((value << 1) ^ (value >> 31)));
    }

    public void Double(int field, double value)
    {
        Tag(field, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
    }

    public void Text(int field, string text)
    {
        Tag(field, Delimited);
        Write((ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
    }

    public void Message(int field, ProtobufBuffer message)
    {
        Tag(field, Delimited);
        Write((ulong)message.Bytes.Length);
        _bytes.Write(message.Bytes);
    }

    /// <summary>A bare length, as it stands before a delimited message.</summary>
    public void Length(int bytes) => Write((ulong)bytes);

    private void Tag(int field, int wireType) => Write((ulong)(field << 3 | wireType));

    private void Write(ulong value)
    {
        var span = _bytes.GetSpan(10);
        int used = 0;
        for (; value >= 0x80; value >>= 7) span[used++] = (byte)(value | 0x80);
        span[used++] = (byte)value;
        _bytes.Advance(used);
    }
}
