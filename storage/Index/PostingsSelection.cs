using System.Numerics;

namespace Streamline.Storage.Index;

/// <summary>
/// Matchers to series references. An absent label is an empty value, so a matcher that accepts the empty value cannot be looked up: what it refuses is
/// subtracted instead. Order of work: exact pairs, then unions, then subtractions; an empty intermediate result ends it.
/// </summary>
internal static class PostingsSelection
{
    /// <summary>Leaves in <paramref name="result"/> the sorted references of the series that match every matcher; without matchers all series.</summary>
    public static void Select<T>(IPostingsSource<T> source, IReadOnlyList<LabelMatcher> matchers, PostingsList<T> result)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        using var part = new PostingsList<T>();
        bool started = false;
        for (int cost = 0; cost <= 2; cost++)
        {
            foreach (var matcher in matchers)
            {
                if (matcher.MatchesEmpty || CostOf(matcher) != cost) continue;
                var target = started ? part : result;
                target.Clear();
                AddAccepted(source, matcher, target);
                target.MergeRuns();
                if (started) result.IntersectWith(part.Items);
                started = true;
                if (result.Count == 0) return;
            }
        }
        if (!started)
        {
            result.Clear();
            source.AddAll(result);
            result.MergeRuns();
        }
        Subtract(source, matchers, part, result);
    }

    private static void Subtract<T>(IPostingsSource<T> source, IReadOnlyList<LabelMatcher> matchers, PostingsList<T> part, PostingsList<T> result)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        foreach (var matcher in matchers)
        {
            if (!matcher.MatchesEmpty) continue;
            if (result.Count == 0) return;
            part.Clear();
            AddRefused(source, matcher, part);
            part.MergeRuns();
            result.ExceptWith(part.Items);
        }
    }

    private static int CostOf(LabelMatcher matcher) => matcher switch
    {
        { Operator: MatchOperator.Equal } => 0,
        { SetLiterals: not null } => 1,
        _ => 2,
    };

    private static void AddAccepted<T>(IPostingsSource<T> source, LabelMatcher matcher, PostingsList<T> target)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        if (matcher.Operator == MatchOperator.Equal) source.AddPair(matcher.NameUtf8.Span, matcher.ValueUtf8.Span, target);
        else if (matcher.SetLiterals is { } literals) AddLiterals(source, matcher, literals, target);
        else source.AddValues(matcher, true, target);
    }

    private static void AddRefused<T>(IPostingsSource<T> source, LabelMatcher matcher, PostingsList<T> target)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        if (matcher.Operator == MatchOperator.NotEqual) source.AddPair(matcher.NameUtf8.Span, matcher.ValueUtf8.Span, target);
        else if (matcher.RefusedLiterals is { } literals) AddLiterals(source, matcher, literals, target);
        else source.AddValues(matcher, false, target);
    }

    private static void AddLiterals<T>(IPostingsSource<T> source, LabelMatcher matcher, IReadOnlyList<string> literals, PostingsList<T> target)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        foreach (string literal in literals) source.AddPair(matcher.NameUtf8.Span, System.Text.Encoding.UTF8.GetBytes(literal), target);
    }
}
