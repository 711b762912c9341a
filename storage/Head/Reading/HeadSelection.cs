namespace Streamline.Storage.Head;

/// <summary>
/// Turns matchers into slots. The cheapest equality gives the candidates; each other matcher keeps or strikes out, through the postings of its values or, when
/// few candidates are left, by looking at their labels.
/// </summary>
internal static class HeadSelection
{
    /// <summary>A candidate's labels cost about as much as this many postings.</summary>
    private const int LabelLookCost = 16;

    public static int[] Slots(SeriesTable table, IReadOnlyList<LabelMatcher> matchers)
    {
        int start = Cheapest(table, matchers);
        int[] candidates = start >= 0
            ? table.Postings.Find(matchers[start].NameUtf8.Span)?.SlotsOf(matchers[start].ValueUtf8.Span) ?? []
            : AllSlots(table);
        int count = candidates.Length;
        for (int i = 0; i < matchers.Count && count > 0; i++)
        {
            if (i != start) count = Filter(table, matchers[i], candidates, count);
        }
        return count == candidates.Length ? candidates : candidates[..count];
    }

    /// <summary>Whether the encoded labels satisfy all matchers.</summary>
    public static bool Matches(ReadOnlySpan<byte> labels, LabelMatcher matcher) => matcher.Matches(ValueOf(labels, matcher.NameUtf8.Span));

    private static int Cheapest(SeriesTable table, IReadOnlyList<LabelMatcher> matchers)
    {
        int best = -1, least = int.MaxValue;
        for (int i = 0; i < matchers.Count; i++)
        {
            var matcher = matchers[i];
            if (matcher.Operator != MatchOperator.Equal || matcher.Value.Length == 0) continue;
            int count = table.Postings.Find(matcher.NameUtf8.Span)?.CountOf(matcher.ValueUtf8.Span) ?? 0;
            if (count < least) (best, least) = (i, count);
        }
        return best;
    }

    private static int[] AllSlots(SeriesTable table)
    {
        var slots = new List<int>(table.SlotCount);
        for (int slot = 0; slot < table.SlotCount; slot++)
        {
            if (table.LabelsAt(slot) is not null) slots.Add(slot);
        }
        return [.. slots];
    }

    private static int Filter(SeriesTable table, LabelMatcher matcher, int[] candidates, int count)
    {
        var index = table.Postings.Find(matcher.NameUtf8.Span);
        if (index is null) return matcher.MatchesEmpty ? count : 0;
        if (count * LabelLookCost < table.SlotCount) return FilterByLabels(table, matcher, candidates.AsSpan(0, count));
        // A matcher that takes the empty value takes series without the label too, so it can only strike out.
        bool keeps = !matcher.MatchesEmpty;
        var slots = new SlotSet(table.SlotCount);
        index.Collect(matcher, keeps, slots);
        int kept = 0;
        foreach (int slot in candidates.AsSpan(0, count))
        {
            if (slots.Contains(slot) == keeps) candidates[kept++] = slot;
        }
        return kept;
    }

    private static int FilterByLabels(SeriesTable table, LabelMatcher matcher, Span<int> candidates)
    {
        int kept = 0;
        foreach (int slot in candidates)
        {
            if (table.LabelsAt(slot) is { } labels && Matches(labels, matcher)) candidates[kept++] = slot;
        }
        return kept;
    }

    /// <summary>Value of a label in the encoded form, empty when absent.</summary>
    public static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> labels, ReadOnlySpan<byte> name)
    {
        while (!labels.IsEmpty)
        {
            var found = LabelsEncoding.Read(ref labels);
            var value = LabelsEncoding.Read(ref labels);
            if (found.SequenceEqual(name)) return value;
        }
        return default;
    }
}
