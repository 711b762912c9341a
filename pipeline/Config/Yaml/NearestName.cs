namespace Streamline.Pipeline;

/// <summary>The known name that was probably meant.</summary>
public static class NearestName
{
    /// <summary>The closest of the names within a third of the text's length in edits (one for short ones), ignoring case; null when none is near.</summary>
    public static string? Of(string text, IEnumerable<string> known)
    {
        int bound = text.Length < 5 ? 1 : Math.Max(2, text.Length / 3);
        string? best = null;
        int bestDistance = bound + 1;
        foreach (string name in known)
        {
            int distance = Distance(text.ToLowerInvariant(), name.ToLowerInvariant());
            // A name that shares nothing with a text of two letters is not near it.
            if (distance >= bestDistance || distance >= Math.Max(text.Length, name.Length)) continue;
            (best, bestDistance) = (name, distance);
        }
        return best;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two texts.</summary>
    private static int Distance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1], last = new int[right.Length + 1], row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++) last[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                bool isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                if (isSwap) row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[right.Length];
    }
}
