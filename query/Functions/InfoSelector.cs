using Streamline.Query.Operators.Aggregations;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Query.Functions;

/// <summary>What the second argument of <c>info</c> asks for: which info metrics, and which of their labels.</summary>
internal sealed class InfoSelector
{
    private static readonly byte[][] Identifying = ["instance"u8.ToArray(), "job"u8.ToArray()];

    private readonly LabelMatcher[] _names;
    private readonly LabelMatcher[] _data;

    public InfoSelector(VectorSelector? selector)
    {
        LabelMatcher[] all = [.. selector?.Matchers ?? []];
        _names = [.. all.Where(m => m.Name == "__name__")];
        _data = [.. all.Where(m => m.Name != "__name__")];
        // Conditions that only exclude do not say what an info metric is; its name does.
        if (_names.Length == 0) _names = [new LabelMatcher(MatchOperator.Equal, "__name__", "target_info")];
        else if (!Array.Exists(_names, IsPositive)) _names = [.. _names, new LabelMatcher(MatchOperator.Regex, "__name__", ".+_info")];
    }

    /// <summary>Conditions on the info series.</summary>
    public IReadOnlyList<LabelMatcher> Matchers => [.. _names, .. _data];

    /// <summary>Whether a series stays when it has no info series.</summary>
    public bool AcceptsNothing => Array.TrueForAll(_data, m => m.MatchesEmpty);

    /// <summary>Whether a series is one of the info series itself; such are left as they are.</summary>
    public bool IsInfo(Labels labels) => Array.TrueForAll(_names, m => m.Matches(labels.ValueOf(Labels.MetricName)));

    /// <summary>Whether a label of an info series is wanted: those with conditions, or all.</summary>
    public bool Adds(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(Labels.MetricName)) return false;
        if (_data.Length == 0) return !name.SequenceEqual(Identifying[0]) && !name.SequenceEqual(Identifying[1]);
        foreach (LabelMatcher matcher in _data)
        {
            if (name.SequenceEqual(matcher.NameUtf8.Span)) return true;
        }
        return false;
    }

    /// <summary>The labels by which a series and its info series find each other.</summary>
    public static Labels Identity(LabelsBuilder builder, Labels labels) => LabelSubset.By(builder, labels, Identifying);

    private static bool IsPositive(LabelMatcher matcher) => matcher.Operator is MatchOperator.Equal or MatchOperator.Regex;
}
