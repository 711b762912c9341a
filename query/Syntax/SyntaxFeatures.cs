namespace Streamline.Query.Syntax;

/// <summary>Parts of the language that Prometheus has behind <c>--enable-feature</c>; a query that uses one that is off does not parse.</summary>
[Flags]
public enum SyntaxFeatures
{
    /// <summary>The stable language.</summary>
    None = 0,

    /// <summary><c>promql-experimental-functions</c></summary>
    ExperimentalFunctions = 1,

    /// <summary><c>promql-extended-range-selectors</c>: <c>anchored</c> and <c>smoothed</c>.</summary>
    ExtendedRangeSelectors = 2,

    /// <summary><c>promql-binop-fill-modifiers</c>: <c>fill</c>, <c>fill_left</c>, <c>fill_right</c>.</summary>
    FillModifiers = 4,

    /// <summary>Everything.</summary>
    All = ExperimentalFunctions | ExtendedRangeSelectors | FillModifiers,
}
