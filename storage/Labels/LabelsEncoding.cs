using System.Runtime.CompilerServices;

namespace Streamline.Storage;

/// <summary>The length-prefixed string of a label buffer (Prometheus's stringlabels): one byte below 255, else 0xFF and three bytes little endian.</summary>
internal static class LabelsEncoding
{
    private const byte LongMark = 0xFF;

    public static int SizeOf(int bytes) => bytes < LongMark ? bytes + 1 : bytes + 4;

    public static ReadOnlySpan<byte> Read(scoped ref ReadOnlySpan<byte> rest)
    {
        int length = rest[0], start = 1;
        if (length == LongMark)
        {
            length = rest[1] | rest[2] << 8 | rest[3] << 16;
            start = 4;
        }
        var text = rest.Slice(start, length);
        rest = rest[(start + length)..];
        return text;
    }

    public static int Write(Span<byte> target, ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, Labels.MaxStringBytes);
        int start = 1;
        if (text.Length < LongMark)
        {
            target[0] = (byte)text.Length;
        }
        else
        {
            target[0] = LongMark;
            target[1] = (byte)text.Length;
            target[2] = (byte)(text.Length >> 8);
            target[3] = (byte)(text.Length >> 16);
            start = 4;
        }
        text.CopyTo(target[start..]);
        return start + text.Length;
    }

    /// <summary>Order of two label sets: by first differing name, then value, then length, as Prometheus's labels.Compare.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length.CompareTo(right.Length);
        // The string that holds the first difference: those before it are equal, so one walk finds it in both.
        int at = 0;
        while (true)
        {
            int start = at + 1, length = left[at];
            if (length == LongMark)
            {
                if (same < at + 4) break;
                length = left[at + 1] | left[at + 2] << 8 | left[at + 3] << 16;
                start = at + 4;
            }
            if (same < start) break;
            if (same < start + length) return left[same].CompareTo(right[same]);
            at = start + length;
        }
        // The lengths differ, and with them the order of the bytes says nothing.
        var leftRest = left[at..];
        var rightRest = right[at..];
        return Read(ref leftRest).SequenceCompareTo(Read(ref rightRest));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Check(ReadOnlySpan<byte> encoded)
    {
        var rest = encoded;
        ReadOnlySpan<byte> last = default;
        bool first = true;
        while (!rest.IsEmpty)
        {
            if (!TryRead(ref rest, out var name) || !TryRead(ref rest, out _)) throw new FormatException("label buffer is cut short");
            if (!first && last.SequenceCompareTo(name) >= 0) throw new FormatException("label names are not sorted and unique");
            last = name;
            first = false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRead(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (rest.IsEmpty) return false;
        int length = rest[0], start = 1;
        if (length == LongMark)
        {
            if (rest.Length < 4) return false;
            length = rest[1] | rest[2] << 8 | rest[3] << 16;
            start = 4;
        }
        if (rest.Length - start < length) return false;
        text = rest.Slice(start, length);
        rest = rest[(start + length)..];
        return true;
    }
}
