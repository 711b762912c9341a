using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streamline.Pipeline.Alerting;

/// <summary>Fields of a journal record: 8-byte numbers and byte strings with a 4-byte length, little endian.</summary>
internal static class JournalFields
{
    public static void WriteLong(this IBufferWriter<byte> target, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(8), value);
        target.Advance(8);
    }

    public static void WriteBytes(this IBufferWriter<byte> target, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target.GetSpan(4), bytes.Length);
        target.Advance(4);
        target.Write(bytes);
    }

    public static void WriteText(this IBufferWriter<byte> target, string text) => target.WriteBytes(Encoding.UTF8.GetBytes(text));

    public static void WritePairs(this IBufferWriter<byte> target, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        target.WriteLong(pairs.Count);
        foreach (var (name, value) in pairs)
        {
            target.WriteText(name);
            target.WriteText(value);
        }
    }

    /// <exception cref="ArgumentException">The record is too short (as of the other readers).</exception>
    public static long ReadLong(ref ReadOnlySpan<byte> rest)
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    public static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var bytes = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return bytes;
    }

    public static string ReadText(ref ReadOnlySpan<byte> rest) => Encoding.UTF8.GetString(ReadBytes(ref rest));

    public static KeyValuePair<string, string>[] ReadPairs(ref ReadOnlySpan<byte> rest)
    {
        var pairs = new KeyValuePair<string, string>[ReadCount(ref rest, itemBytes: 8)];
        for (int i = 0; i < pairs.Length; i++)
        {
            string name = ReadText(ref rest);
            pairs[i] = new(name, ReadText(ref rest));
        }
        return pairs;
    }

    /// <summary>A count of items of at least <paramref name="itemBytes"/> each.</summary>
    /// <exception cref="FormatException">More items than the record has room for.</exception>
    public static int ReadCount(ref ReadOnlySpan<byte> rest, int itemBytes)
    {
        long count = ReadLong(ref rest);
        if (count < 0 || count > rest.Length / itemBytes) throw new FormatException("more items than bytes");
        return (int)count;
    }
}
