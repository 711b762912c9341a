namespace Streamline.Storage.Matching;

/// <summary>
/// The syntax tree of a regular expression. Flags are resolved while parsing: case folding is in the classes, <c>.</c> is a class, anchors say their kind.
/// Captures and greed do not matter to a yes or no: they leave a trace only where they are asked for.
/// </summary>
internal abstract record RegexNode
{
    /// <summary>Matches the empty text.</summary>
    public static readonly RegexNode Empty = new Sequence([]);

    /// <summary>One code point out of a set.</summary>
    public sealed record Class(RuneSet Set) : RegexNode;

    /// <summary>One code point.</summary>
    public sealed record Literal(int Rune) : RegexNode;

    /// <summary>One behind the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Items) : RegexNode;

    /// <summary>One of them.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Items) : RegexNode;

    /// <summary>So many times; <paramref name="Max"/> -1 is without end. A lazy one prefers few.</summary>
    public sealed record Repeat(RegexNode Item, int Min, int Max, bool IsLazy = false) : RegexNode;

    /// <summary>A group whose text is wanted; the first is 1.</summary>
    public sealed record Capture(RegexNode Item, int Index) : RegexNode;

    /// <summary>A place, not a text.</summary>
    public sealed record Anchor(AnchorKind Kind) : RegexNode;

    /// <summary>Whether the empty text may match.</summary>
    public static bool MayBeEmpty(RegexNode node) => node switch
    {
        Sequence sequence => sequence.Items.All(MayBeEmpty),
        Choice choice => choice.Items.Any(MayBeEmpty),
        Repeat repeat => repeat.Min == 0 || MayBeEmpty(repeat.Item),
        Capture capture => MayBeEmpty(capture.Item),
        Anchor => true,
        _ => false,
    };
}

/// <summary>The anchors.</summary>
internal enum AnchorKind
{
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NotWordBoundary,
}
