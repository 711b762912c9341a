using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Checks of one rule.</summary>
internal static class RuleChecks
{
    public static void Check(RuleGroupConfig group, RuleConfig rule, GlobalConfig global, Func<string, string?> checkTemplate, ConfigErrors errors)
    {
        CheckKind(rule, errors);
        CheckExpression(rule, errors);
        CheckRecordName(rule, global.MetricNameValidationScheme, errors);
        foreach (string name in rule.Labels.Keys)
        {
            if (!IsRuleLabel(name, global.MetricNameValidationScheme)) errors.Add(rule, "labels", $"\"{name}\" is not a valid label name for a rule");
        }
        foreach (string name in group.Labels.Keys)
        {
            if (!IsRuleLabel(name, global.MetricNameValidationScheme)) errors.Add(group, "labels", $"\"{name}\" is not a valid label name for a rule");
        }
        foreach (string name in rule.Annotations.Keys)
        {
            if (!ScrapeChecks.IsLabelName(name, global.MetricNameValidationScheme)) errors.Add(rule, "annotations", $"\"{name}\" is not a valid annotation name");
        }
        if (!rule.IsAlert) return;
        CheckTemplates(rule, "labels", rule.Labels, checkTemplate, errors);
        CheckTemplates(rule, "annotations", rule.Annotations, checkTemplate, errors);
    }

    private static void CheckKind(RuleConfig rule, ConfigErrors errors)
    {
        if (rule.Origin.Failed.Contains("record") || rule.Origin.Failed.Contains("alert")) return;
        if (rule.Record.Length > 0 && rule.IsAlert) errors.Add(rule, "alert", "a rule has either \"record\" or \"alert\"");
        if (rule.Record.Length == 0 && !rule.IsAlert) errors.Add(rule, "", "a rule needs \"record\" or \"alert\"");
        if (rule.Record.Length == 0) return;
        if (rule.Annotations.Count > 0) errors.Add(rule, "annotations", "a recording rule has no annotations");
        if (rule.For > TimeSpan.Zero) errors.Add(rule, "for", "a recording rule has no \"for\"");
        if (rule.KeepFiringFor > TimeSpan.Zero) errors.Add(rule, "keep_firing_for", "a recording rule has no \"keep_firing_for\"");
    }

    private static void CheckExpression(RuleConfig rule, ConfigErrors errors)
    {
        if (rule.Expr.Trim().Length == 0 && !rule.Origin.Failed.Contains("expr")) errors.Add(rule, "expr", "a rule needs an \"expr\"");
        ExpressionChecks.CheckExpression(rule, "expr", rule.Expr, errors);
    }

    private static void CheckRecordName(RuleConfig rule, NameValidationScheme scheme, ConfigErrors errors)
    {
        if (rule.Record.Length == 0) return;
        byte[] name = Encoding.UTF8.GetBytes(rule.Record);
        bool isValid = scheme switch
        {
            NameValidationScheme.Legacy => LabelNames.IsLegacyMetric(name),
            NameValidationScheme.Utf8 => LabelNames.IsUtf8(name),
        };
        if (!isValid) errors.Add(rule, "record", $"\"{rule.Record}\" is not a valid metric name");
        // Under UTF-8 anything is a name, but braces are a selector that somebody pasted.
        else if (rule.Record.AsSpan().ContainsAny('{', '}')) errors.Add(rule, "record", $"braces in \"{rule.Record}\": a record is a name, labels go under \"labels\"");
    }

    private static bool IsRuleLabel(string name, NameValidationScheme scheme) => name != "__name__" && ScrapeChecks.IsLabelName(name, scheme);

    private static void CheckTemplates(RuleConfig rule, string key, IReadOnlyDictionary<string, string> texts, Func<string, string?> check, ConfigErrors errors)
    {
        foreach (var (name, text) in texts)
        {
            if (check(text) is { } failure) errors.Add(rule.Origin.At(key), rule.Origin.PathOf(key) + "." + name, "bad template: " + failure);
        }
    }
}
