namespace Streamline.Query.Operators;

/// <summary>Text order in which runs of digits compare as numbers: cpu2 before cpu10.</summary>
internal static class NaturalOrder
{
    /// <summary>Compares.</summary>
    public static int Compare(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            int order;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j])) order = CompareNumbers(TakeDigits(a, ref i), TakeDigits(b, ref j));
            else order = a[i++].CompareTo(b[j++]);
            if (order != 0) return order;
        }
        return (a.Length - i).CompareTo(b.Length - j);
    }

    private static ReadOnlySpan<char> TakeDigits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start..at).TrimStart('0');
    }

    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.CompareTo(b, StringComparison.Ordinal);
}
