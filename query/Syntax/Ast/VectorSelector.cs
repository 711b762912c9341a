using Streamline.Storage;

namespace Streamline.Query.Syntax;

/// <summary>
/// An instant vector selector. <paramref name="Name"/> is the metric name written before the braces, empty if there is none;
/// <paramref name="Matchers"/> holds all conditions, an equality on <c>__name__</c> first.
/// </summary>
public sealed record VectorSelector(string Name, IReadOnlyList<LabelMatcher> Matchers) : Expr
{
    /// <summary>The offset as written, negative into the future; 0 while <see cref="OffsetExpr"/> waits for <see cref="DurationResolver"/>.</summary>
    public long OffsetMs { get; init; }

    /// <summary>An offset that must be computed; null when it is a number or was resolved.</summary>
    public DurationExpr? OffsetExpr { get; init; }

    /// <summary>The <c>@</c> modifier.</summary>
    public AtModifier? At { get; init; }

    /// <summary>Boundary handling of extended range selectors.</summary>
    public RangeBoundary Boundary { get; init; }

    /// <summary>True in the second argument of <c>info</c>, where a selector may match everything.</summary>
    public bool MayMatchAll { get; init; }

    /// <inheritdoc/>
    public override ValueType Type => ValueType.Vector;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [];
}
