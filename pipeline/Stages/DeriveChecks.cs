using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>A derived series is computed from one batch: what needs other times than the batch's own is refused when the configuration is read.</summary>
internal static class DeriveChecks
{
    public static void Check(DeriveStageConfig config, ConfigErrors errors)
    {
        if (config.Record.Length > 0 && !LabelNames.IsLegacyMetric(Encoding.UTF8.GetBytes(config.Record))) errors.Add(config, "record", $"\"{config.Record}\" is not a valid metric name");
        foreach (string name in config.Labels.Keys.Where(n => n == "__name__" || !LabelNames.IsUtf8(Encoding.UTF8.GetBytes(n)))) errors.Add(config, "labels", $"\"{name}\" is not a label name that may be set");
        if (TryParse(config.Expr) is not { } expr) return;
        if (Refusal(expr) is { } refusal) errors.Add(config, "expr", refusal);
    }

    private static string? Refusal(Expr expr)
    {
        foreach (var node in expr.DescendantsAndSelf())
        {
            string? what = node switch
            {
                MatrixSelector or SubqueryExpr => "a range selector",
                VectorSelector { OffsetMs: not 0 } or VectorSelector { OffsetExpr: not null } => "an offset",
                VectorSelector { At: not null } => "the @ modifier",
                _ => null,
            };
            if (what is not null) return $"{what} needs samples of other times, and derive sees one batch only: use a recording rule";
        }
        if (expr.Type is not (Query.ValueType.Vector or Query.ValueType.Scalar)) return "the expression must give a vector or a scalar";
        return expr.Selectors().Any() ? null : "the expression names no series, so no batch would bring it anything";
    }

    // What does not parse is reported by the check of expressions.
    private static Expr? TryParse(string text)
    {
        try
        {
            return text.Trim().Length == 0 ? null : PromqlParser.Parse(text);
        }
        catch (PromqlSyntaxException)
        {
            return null;
        }
    }
}
