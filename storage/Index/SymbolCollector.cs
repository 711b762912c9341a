using System.Diagnostics.CodeAnalysis;
using Streamline.Storage.Encoding;

namespace Streamline.Storage.Index;

/// <summary>Gives each distinct string a number in order of first sight, and sorts them at the end. Memory follows the distinct strings, not the series.</summary>
internal sealed class SymbolCollector
{
    private readonly Dictionary<byte[], int> _ids;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _symbols = [];

    public SymbolCollector()
    {
        _ids = new Dictionary<byte[], int>(ByteSequences.Comparer);
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _symbols.Count;

    public ReadOnlySpan<byte> this[int id] => _symbols[id];

    public int IdOf(ReadOnlySpan<byte> symbol)
    {
        if (_lookup.TryGetValue(symbol, out int id)) return id;
        byte[] copy = symbol.ToArray();
        id = _symbols.Count;
        _ids.Add(copy, id);
        _symbols.Add(copy);
        return id;
    }

    /// <summary>The numbers in byte order of their strings.</summary>
    public int[] Sorted()
    {
        int[] order = new int[_symbols.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        order.AsSpan().Sort((a, b) => _symbols[a].AsSpan().SequenceCompareTo(_symbols[b]));
        return order;
    }
}

/// <summary>Byte arrays as dictionary keys that are found by span.</summary>
internal sealed class ByteSequences : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteSequences Comparer = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => XxHash64.Of(alternate).GetHashCode();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
