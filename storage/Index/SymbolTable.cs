using Streamline.Storage.Encoding;

namespace Streamline.Storage.Index;

/// <summary>A block's symbols in memory: one buffer and a start for each. Symbols are few beside series, and every series read needs two a label.</summary>
internal sealed class SymbolTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;

    private SymbolTable(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
    }

    public int Count => _starts.Length - 1;

    /// <summary>The symbol; the number must be below <see cref="Count"/>.</summary>
    public ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_starts[number], _starts[number + 1] - _starts[number]);

    /// <summary>Reads and checks the section at an offset. Lengths are checked against the file before anything is allocated.</summary>
    public static SymbolTable Load(FileWindow window, long offset)
    {
        var head = new FileScanner(window, offset, window.Length);
        long length = head.UInt32();
        if (length > window.Length - head.Position - Crc32C.Size) throw new StorageCorruptionException(window.File, offset, $"a symbol table of {length} bytes reaches over the file's end");
        var scan = new FileScanner(window, head.Position, head.Position + length);
        uint count = scan.UInt32();
        // Each symbol has at least its length byte.
        if (count > length - sizeof(uint)) throw new StorageCorruptionException(window.File, offset, $"{count} symbols in {length} bytes");
        if (length > Array.MaxLength) throw new StorageCorruptionException(window.File, offset, $"a symbol table of {length} bytes is more than this reader holds");
        byte[] bytes = new byte[length - sizeof(uint) - count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            var symbol = scan.Text();
            if (symbol.Length > Math.Min(bytes.Length - starts[i], Labels.MaxStringBytes)) throw new StorageCorruptionException(window.File, scan.Position, "the symbols are longer than their section");
            symbol.CopyTo(bytes.AsSpan(starts[i]));
            starts[i + 1] = starts[i] + symbol.Length;
        }
        if (!scan.AtEnd) scan.Bytes((int)(offset + sizeof(uint) + length - scan.Position));
        uint checksum = scan.Checksum;
        var tail = new FileScanner(window, offset + sizeof(uint) + length, window.Length);
        if (tail.UInt32() != checksum) throw new StorageCorruptionException(window.File, offset, "the symbol table fails its checksum");
        return new SymbolTable(bytes, starts);
    }
}
