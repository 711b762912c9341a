namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>A line of /proc/net/rpc: a word and numbers. What the kernel does not write counts as 0.</summary>
internal ref struct RpcLine
{
    // The longest line is that of the operations of NFS 4.
    private const int MaxNumbers = 128;

    [System.Runtime.CompilerServices.InlineArray(MaxNumbers)]
    private struct Columns
    {
        private double _first;
    }

    private Columns _numbers;

    public RpcLine(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            if (!reader.Field().SequenceEqual(word)) continue;
            for (int i = 0; i < MaxNumbers && reader.Number() is var number && !double.IsNaN(number); i++) _numbers[i] = number;
            return;
        }
    }

    public readonly double this[int column] => _numbers[column];
}
