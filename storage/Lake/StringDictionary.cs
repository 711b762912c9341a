using System.Buffers;
using System.Buffers.Binary;
using Streamline.Storage.Index;

namespace Streamline.Storage.Lake;

/// <summary>The different strings of one column of a row group, numbered as they come, already in the form of a dictionary page (PLAIN).</summary>
internal sealed class StringDictionary
{
    private readonly Dictionary<byte[], int> _indexes = new(ByteSequences.Comparer);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly ArrayBufferWriter<byte> _plain = new();

    public StringDictionary() => _lookup = _indexes.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => _indexes.Count;

    public ReadOnlySpan<byte> Plain => _plain.WrittenSpan;

    /// <summary>Smallest and largest by unsigned bytes, which is Parquet's order of strings.</summary>
    public byte[]? Min { get; private set; }

    public byte[]? Max { get; private set; }

    public uint IndexOf(ReadOnlySpan<byte> text)
    {
        if (!_lookup.TryGetValue(text, out int index)) index = Add(text.ToArray());
        return (uint)index;
    }

    public void Clear()
    {
        _indexes.Clear();
        _plain.ResetWrittenCount();
        (Min, Max) = (null, null);
    }

    private int Add(byte[] text)
    {
        int index = _indexes.Count;
        _indexes.Add(text, index);
        BinaryPrimitives.WriteInt32LittleEndian(_plain.GetSpan(sizeof(int)), text.Length);
        _plain.Advance(sizeof(int));
        _plain.Write(text);
        if (Min is null || text.AsSpan().SequenceCompareTo(Min) < 0) Min = text;
        if (Max is null || text.AsSpan().SequenceCompareTo(Max) > 0) Max = text;
        return index;
    }
}
