using System.Text;

namespace Streamline.Storage.Matching;

/// <summary>Finds the finite set of texts that an expression accepts, if it is one and small enough.</summary>
internal static class LiteralSets
{
    // A list that a person or a dashboard wrote may be long; a product of classes beyond this is better left to the engine.
    private const int MostOfProduct = 256, MostOfChoice = 100_000, MostOfClass = 32;

    /// <summary>The texts, or null.</summary>
    public static List<string>? Of(RegexNode node) => MayBeFinite(node) ? Texts(node) : null;

    // Looked at first: an endless part at the end makes the work on a thousand alternatives before it vain.
    private static bool MayBeFinite(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Anchor: return false;
            case RegexNode.Class one: return one.Set.CountUpTo(MostOfClass) <= MostOfClass;
            case RegexNode.Repeat repeat: return repeat.Max == 1 && MayBeFinite(repeat.Item);
            case RegexNode.Sequence { Items: var items }: return AllMayBeFinite(items);
            case RegexNode.Choice { Items: var items }: return AllMayBeFinite(items);
            default: return true;
        }
    }

    private static bool AllMayBeFinite(IReadOnlyList<RegexNode> items)
    {
        for (int i = items.Count - 1; i >= 0; i--)
        {
            if (!MayBeFinite(items[i])) return false;
        }
        return true;
    }

    private static List<string>? Texts(RegexNode node) => node switch
    {
        RegexNode.Literal literal => OfRune(literal.Rune),
        RegexNode.Class one => OfClass(one.Set),
        RegexNode.Sequence sequence => OfSequence(sequence.Items),
        RegexNode.Choice choice => OfChoice(choice.Items),
        RegexNode.Repeat { Min: 0, Max: 1 } repeat => OfChoice([repeat.Item, RegexNode.Empty]),
        RegexNode.Repeat { Min: 1, Max: 1 } repeat => Texts(repeat.Item),
        _ => null,
    };

    private static List<string>? OfRune(int rune) => Rune.IsValid(rune) ? [new Rune(rune).ToString()] : null;

    private static List<string>? OfClass(RuneSet set)
    {
        if (set.CountUpTo(MostOfClass) > MostOfClass) return null;
        var texts = new List<string>();
        foreach (var (low, high) in set.Ranges)
        {
            for (int rune = low; rune <= high; rune++)
            {
                if (Rune.IsValid(rune)) texts.Add(new Rune(rune).ToString());
            }
        }
        return texts;
    }

    private static List<string>? OfSequence(IReadOnlyList<RegexNode> items)
    {
        List<string> texts = [""];
        var run = new StringBuilder();
        foreach (var item in items)
        {
            if (item is RegexNode.Literal literal && Rune.IsValid(literal.Rune))
            {
                run.Append(new Rune(literal.Rune).ToString());
                continue;
            }
            if (Texts(item) is not { } next || (long)texts.Count * next.Count > MostOfProduct) return null;
            texts = [.. from text in texts from tail in next select text + run + tail];
            run.Clear();
        }
        return run.Length == 0 ? texts : [.. texts.Select(t => t + run)];
    }

    private static List<string>? OfChoice(IReadOnlyList<RegexNode> items)
    {
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (Texts(item) is not { } next || texts.Count + next.Count > MostOfChoice) return null;
            texts.AddRange(next);
        }
        return texts;
    }
}
