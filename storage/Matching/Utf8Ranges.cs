using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>
/// Ranges of code points as ranges of bytes: each piece is up to four byte ranges, and every combination of bytes out of them is a code point of the range.
/// </summary>
internal static class Utf8Ranges
{
    private const int FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    /// <summary>The highest code point of each length.</summary>
    private static readonly int[] Highest = [0x7F, 0x7FF, 0xFFFF, RuneSet.MaxRune];

    /// <summary>One piece: <see cref="Count"/> byte ranges.</summary>
    public readonly record struct Piece((byte Low, byte High) A, (byte Low, byte High) B, (byte Low, byte High) C, (byte Low, byte High) D, int Count)
    {
        public (byte Low, byte High) this[int at] => at switch { 0 => A, 1 => B, 2 => C, _ => D };
    }

    /// <summary>The pieces of a set, in order of their bytes; surrogates are no characters and left out.</summary>
    public static List<Piece> Of(RuneSet set)
    {
        var pieces = new List<Piece>();
        foreach (var (low, high) in set.Ranges)
        {
            if (low < FirstSurrogate) ByLength(pieces, low, Math.Min(high, FirstSurrogate - 1));
            if (high > LastSurrogate) ByLength(pieces, Math.Max(low, LastSurrogate + 1), high);
        }
        return pieces;
    }

    private static void ByLength(List<Piece> pieces, int low, int high)
    {
        foreach (int most in Highest)
        {
            if (low > most) continue;
            Split(pieces, low, Math.Min(high, most));
            if (high <= most) return;
            low = most + 1;
        }
    }

    /// <summary>
    /// Cuts off what does not run over whole blocks of 64, 4,096 or 262,144 code points, until first and last differ in one byte range that the others
    /// follow freely.
    /// </summary>
    private static void Split(List<Piece> pieces, int low, int high)
    {
        for (int shift = 6; low > 0x7F && shift <= 18; shift += 6)
        {
            int block = (1 << shift) - 1;
            if (low >> shift == high >> shift) break;
            if ((low & block) != 0)
            {
                Split(pieces, low, low | block);
                Split(pieces, (low | block) + 1, high);
                return;
            }
            if ((high & block) != block)
            {
                Split(pieces, low, (high & ~block) - 1);
                Split(pieces, high & ~block, high);
                return;
            }
        }
        Span<byte> first = stackalloc byte[4], last = stackalloc byte[4];
        int count = new Rune(low).EncodeToUtf8(first);
        new Rune(high).EncodeToUtf8(last);
        pieces.Add(new Piece((first[0], last[0]), (first[1], last[1]), (first[2], last[2]), (first[3], last[3]), count));
    }
}
