namespace Streamline.Query.Syntax;

/// <summary>How many series of each side may share a signature.</summary>
public enum MatchCardinality
{
    /// <summary>One on each side.</summary>
    OneToOne,

    /// <summary><c>group_left</c>: many on the left.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>: many on the right.</summary>
    OneToMany,

    /// <summary>Set operators.</summary>
    ManyToMany,
}

/// <summary>
/// How series of two vectors find each other: by <paramref name="Labels"/> only (<paramref name="On"/>) or by all others; <paramref name="Include"/> are
/// the labels that <c>group_left</c> or <c>group_right</c> copies from the one side.
/// </summary>
public sealed record VectorMatching(MatchCardinality Cardinality, bool On, IReadOnlyList<string> Labels, IReadOnlyList<string> Include)
{
    /// <summary>One to one by all labels.</summary>
    public static readonly VectorMatching Default = new(MatchCardinality.OneToOne, false, [], []);

    /// <summary>Value for a missing series of the left side.</summary>
    public double? FillLeft { get; init; }

    /// <summary>Value for a missing series of the right side.</summary>
    public double? FillRight { get; init; }
}
