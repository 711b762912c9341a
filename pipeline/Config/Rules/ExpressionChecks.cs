using Streamline.Query.Syntax;

namespace Streamline.Pipeline.Config;

/// <summary>PromQL inside the configuration must parse.</summary>
internal static class ExpressionChecks
{
    public static void CheckExpression(ConfigNode node, string key, string expression, ConfigErrors errors)
    {
        if (expression.Trim().Length == 0) return;
        if (Failure(expression) is { } failure) errors.Add(node, key, "bad expression: " + failure);
    }

    public static void CheckSelectors(ConfigNode node, string key, OneOrMany selectors, ConfigErrors errors)
    {
        foreach (string selector in selectors.Items)
        {
            if (selector.Trim().Length == 0) errors.Add(node, key, "a selector must not be empty");
            else if (SelectorFailure(selector) is { } failure) errors.Add(node, key, $"bad selector \"{selector}\": {failure}");
        }
    }

    private static string? SelectorFailure(string selector)
    {
        try
        {
            return PromqlParser.Parse(selector) is VectorSelector ? null : "expected a plain selector such as http_requests_total{job=\"node\"}";
        }
        catch (PromqlSyntaxException e)
        {
            return e.Message;
        }
    }

    private static string? Failure(string expression)
    {
        try
        {
            _ = PromqlParser.Parse(expression);
            return null;
        }
        catch (PromqlSyntaxException e)
        {
            return e.Message;
        }
    }
}
