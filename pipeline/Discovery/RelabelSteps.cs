using Streamline.Pipeline.Config;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Discovery;

/// <summary>Runs a job's relabel_configs rule by rule, for who wants to see why a target became what it is.</summary>
internal static class RelabelSteps
{
    public static IReadOnlyList<RelabelStep> Of(ScrapeConfig job, Labels discovered)
    {
        var labels = new LabelsBuilder().Reset(discovered);
        var steps = new List<RelabelStep>(job.RelabelConfigs.Count);
        bool keep = true;
        foreach (var rule in job.RelabelConfigs)
        {
            keep = keep && new RelabelRule(rule, job.MetricNameValidationScheme ?? NameValidationScheme.Utf8).Keep(labels);
            steps.Add(new RelabelStep(TextOf(rule), keep ? labels.Build() : Labels.Empty, keep));
        }
        return steps;
    }

    private static RelabelRuleText TextOf(RelabelConfig rule) =>
        new(rule.SourceLabels, rule.Separator, rule.Regex, rule.Modulus, rule.TargetLabel, rule.Replacement, EnumNames.Of(typeof(RelabelAction)).Scalar.Format(rule.Action));
}
