using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>One condition on a label, Alertmanager's form; an absent label counts as empty.</summary>
internal sealed record MatcherConfig(MatchOperator Operator, string Name, string Value)
{
    private static readonly System.Buffers.SearchValues<char> Reserved = System.Buffers.SearchValues.Create("{}!=~,\\\"'` \t\n\r\f\v");

    /// <summary>Alertmanager's printed form: the name quoted only when it must be, the value always.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (Name.AsSpan().ContainsAny(Reserved)) LabelNames.AppendQuoted(text, Name);
        else text.Append(Name);
        text.Append(LabelMatcher.SymbolOf(Operator));
        LabelNames.AppendQuoted(text, Value);
        return text.ToString();
    }
}

/// <summary>The conditions that one string of <c>matchers:</c> holds.</summary>
internal sealed record MatcherList(string Text, IReadOnlyList<MatcherConfig> Items);
