using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>Keeps series that match any of the selectors out of the store. Runs on labels, once per new series.</summary>
internal sealed class DropStage(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors) : ILabelStage
{
    public DropReason Apply(LabelsBuilder labels)
    {
        foreach (var selector in selectors)
        {
            if (selector.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span)))) return DropReason.Relabel;
        }
        return DropReason.None;
    }

    /// <summary>Selectors of a <c>match:</c> list; the loader has checked that they parse.</summary>
    public static IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors(IEnumerable<string> texts) =>
        [.. texts.Select(t => ((Query.Syntax.VectorSelector)Query.Syntax.PromqlParser.Parse(t)).Matchers)];
}
