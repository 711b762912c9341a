using System.Text;
using System.Text.RegularExpressions;
using Streamline.Storage;

namespace Streamline.Pipeline.Config;

/// <summary>Which keys a relabelling action needs and which it refuses.</summary>
internal static partial class RelabelChecks
{
    private const string DefaultSeparator = ";";
    private const string DefaultReplacement = "$1";

    public static void Check(RelabelConfig step, ConfigErrors errors)
    {
        CheckRegex(step, errors);
        if (step.SourceLabels.Contains("")) errors.Add(step, "source_labels", "the name of a label must not be empty");
        if (step.Origin.Failed.Contains("action")) return;
        string action = EnumNames.Of(typeof(RelabelAction)).Scalar.Format(step.Action);
        switch (step.Action)
        {
            case RelabelAction.Replace:
                NeedTarget(step, action, errors);
                break;
            case RelabelAction.HashMod:
                NeedTarget(step, action, errors);
                if (step.Modulus == 0 && !step.Origin.Failed.Contains("modulus")) errors.Add(step, "modulus", "action hashmod needs a \"modulus\" above 0");
                break;
            case RelabelAction.Lowercase or RelabelAction.Uppercase:
                NeedTarget(step, action, errors);
                if (step.Replacement != DefaultReplacement) errors.Add(step, "replacement", $"action {action} takes no \"replacement\"");
                break;
            case RelabelAction.KeepEqual or RelabelAction.DropEqual:
                NeedTarget(step, action, errors);
                Refuse(step, action, "source_labels and target_label", ["regex", "modulus", "separator", "replacement"], errors);
                break;
            case RelabelAction.LabelDrop or RelabelAction.LabelKeep:
                Refuse(step, action, "regex", ["source_labels", "target_label", "modulus", "separator", "replacement"], errors);
                break;
            case RelabelAction.LabelMap:
                if (step.Replacement.Length == 0) errors.Add(step, "replacement", "action labelmap needs a \"replacement\": the names that labels get");
                break;
            case RelabelAction.Keep or RelabelAction.Drop:
                break;
        }
    }

    /// <summary>Under the legacy scheme a target label must be a legacy name, or a template for one.</summary>
    public static void CheckNames(IEnumerable<RelabelConfig> steps, NameValidationScheme scheme, ConfigErrors errors)
    {
        if (scheme == NameValidationScheme.Utf8) return;
        foreach (var step in steps)
        {
            string? key = step.Action switch
            {
                RelabelAction.Replace => step.TargetLabel.Contains('$') ? TemplateFault(step.TargetLabel, "target_label") : NameFault(step.TargetLabel),
                RelabelAction.HashMod or RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual => NameFault(step.TargetLabel),
                RelabelAction.LabelMap => TemplateFault(step.Replacement, "replacement"),
                RelabelAction.Keep or RelabelAction.Drop or RelabelAction.LabelDrop or RelabelAction.LabelKeep => null,
            };
            if (key is not null) errors.Add(step, key, $"\"{(key == "replacement" ? step.Replacement : step.TargetLabel)}\" is not a valid label name under the legacy scheme");
        }
    }

    private static string? NameFault(string name) => name.Length == 0 || LabelNames.IsLegacy(Encoding.UTF8.GetBytes(name)) ? null : "target_label";

    private static string? TemplateFault(string template, string key) => template.Length == 0 || LegacyTemplate().IsMatch(template) ? null : key;

    [GeneratedRegex(@"^(?:[a-zA-Z_]|\$(?:\{[0-9A-Za-z_]+\}|[0-9A-Za-z_]+))(?:[0-9A-Za-z_]|\$(?:\{[0-9A-Za-z_]+\}|[0-9A-Za-z_]+))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LegacyTemplate();

    private static void CheckRegex(RelabelConfig step, ConfigErrors errors)
    {
        try
        {
            _ = new CapturePattern(step.Regex, step.Replacement, step.TargetLabel);
        }
        catch (FormatException e)
        {
            errors.Add(step, "regex", $"bad regular expression \"{step.Regex}\": {e.Message}");
        }
    }

    private static void NeedTarget(RelabelConfig step, string action, ConfigErrors errors)
    {
        if (step.TargetLabel.Length == 0) errors.Add(step, "target_label", $"action {action} needs a \"target_label\"");
    }

    /// <summary>A key written with its default value is harmless, as in Prometheus.</summary>
    private static void Refuse(RelabelConfig step, string action, string allowed, string[] keys, ConfigErrors errors)
    {
        foreach (string key in keys)
        {
            bool isDefault = key switch
            {
                "source_labels" => step.SourceLabels.Count == 0,
                "target_label" => step.TargetLabel.Length == 0,
                "regex" => step.Regex == RelabelConfig.DefaultRegex,
                "modulus" => step.Modulus == 0,
                "separator" => step.Separator == DefaultSeparator,
                _ => step.Replacement == DefaultReplacement,
            };
            if (!isDefault) errors.Add(step, key, $"action {action} takes only {allowed}, not \"{key}\"");
        }
    }
}
