using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>One selector of a streaming rule: which series wake which rule.</summary>
internal sealed class StreamLeaf(int streamId, string metricName, LabelMatcher[] others)
{
    public int StreamId { get; } = streamId;

    /// <summary>The name that a series must have; empty when the selector leaves it open.</summary>
    public string MetricName { get; } = metricName;

    /// <summary>Whether a series (of the right name, if the leaf has one) matches. Asked of every leaf of the name at each new series: allocates nothing.</summary>
    public bool Matches(Labels labels)
    {
        foreach (LabelMatcher matcher in others)
        {
            if (!matcher.Matches(labels.ValueOf(matcher.NameUtf8.Span))) return false;
        }
        return true;
    }

    public static StreamLeaf Of(int streamId, IReadOnlyList<LabelMatcher> matchers)
    {
        LabelMatcher? name = matchers.FirstOrDefault(m => m.Name == "__name__" && m.Operator == MatchOperator.Equal && m.Value.Length > 0);
        return new StreamLeaf(streamId, name?.Value ?? "", [.. matchers.Where(m => !ReferenceEquals(m, name))]);
    }
}
