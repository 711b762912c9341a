using Streamline.Query.Syntax.Parsing;
using Streamline.Storage;

namespace Streamline.Query.Syntax;

/// <summary>Reads PromQL as Prometheus 3.14 does.</summary>
public static class PromqlParser
{
    /// <summary>Parses and type-checks a query.</summary>
    /// <exception cref="PromqlSyntaxException">The text is no query, or uses a feature that is off.</exception>
    public static Expr Parse(string text, SyntaxFeatures features = SyntaxFeatures.All) =>
        TypeChecker.Check(text, new Parser(text, features).ParseQuery());

    /// <summary>The query over several lines, as <c>format_query</c> of the API gives it.</summary>
    public static string Format(Expr expr) => PrettyPrinter.Print(expr);

    /// <summary>Parses one selector of series, as in <c>match[]</c> of the API, and gives its conditions.</summary>
    /// <exception cref="PromqlSyntaxException">The text is no selector.</exception>
    public static IReadOnlyList<LabelMatcher> ParseSelector(string text) => new Parser(text, SyntaxFeatures.All).ParseSelectorOnly().Matchers;
}
