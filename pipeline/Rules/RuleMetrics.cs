using System.Diagnostics.Metrics;

namespace Streamline.Pipeline.Rules;

/// <summary>The instruments of rule evaluation under Prometheus's names, and the one of early firing.</summary>
internal sealed class RuleMetrics
{
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _iterations;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _early;
    private readonly Counter<long> _slowed;
    private readonly Histogram<double> _ruleSeconds;
    private readonly Histogram<double> _groupSeconds;
    private readonly Histogram<double> _sampleToEvaluation;

    public RuleMetrics(Meter meter, Func<IReadOnlyList<RuleGroup>> groups)
    {
        _evaluations = meter.CreateCounter<long>("prometheus_rule_evaluations_total", null, "Evaluations of rules, at slots and between them.");
        _failures = meter.CreateCounter<long>("prometheus_rule_evaluation_failures_total", null, "Evaluations of rules that ended in an error.");
        _iterations = meter.CreateCounter<long>("prometheus_rule_group_iterations_total", null, "Slots of rule groups, those missed included.");
        _missed = meter.CreateCounter<long>("prometheus_rule_group_iterations_missed_total", null, "Slots of rule groups left out because the one before had not ended.");
        _early = meter.CreateCounter<long>("streamline_rule_early_evaluations_total", null, "Evaluations of alerting rules between slots, woken by samples.");
        _slowed = meter.CreateCounter<long>("streamline_rule_evaluations_slowed_total", null, "Evaluations of recording rules left out because memory was short.");
        _ruleSeconds = meter.CreateHistogram<double>("prometheus_rule_evaluation_duration_seconds", null, "Time that one rule took, seconds.");
        _groupSeconds = meter.CreateHistogram<double>("prometheus_rule_group_duration_seconds", null, "Time that all rules of a group took, seconds.");
        _sampleToEvaluation = meter.CreateHistogram<double>("streamline_rule_sample_to_evaluation_seconds", null, "Evaluation time of a rule between slots less the timestamp of the sample that woke it.");
        Gauge("prometheus_rule_group_interval_seconds", "Distance of a group's slots, seconds.", g => g.IntervalMs / 1000.0);
        Gauge("prometheus_rule_group_rules", "Rules in a group.", g => g.Rules.Count);
        Gauge("prometheus_rule_group_last_duration_seconds", "Time that the group's last slot took, seconds.", g => g.EvaluationSeconds);
        Gauge("prometheus_rule_group_last_evaluation_timestamp_seconds", "The group's last slot, Unix seconds.", g => (g.LastEvaluationMs ?? 0) / 1000.0);
        Gauge("prometheus_rule_group_last_evaluation_samples", "Samples that the group's last slot wrote.", g => g.LastSamples);

        void Gauge(string name, string help, Func<RuleGroup, double> value) =>
            meter.CreateObservableGauge(name, () => groups().Select(g => new Measurement<double>(value(g), g.Tags)), null, help);
    }

    public void Evaluated(Rule rule, TimeSpan elapsed)
    {
        _evaluations.Add(1, rule.Group.Tags);
        _ruleSeconds.Record(elapsed.TotalSeconds);
    }

    public void Slowed() => _slowed.Add(1);

    public void Failed(Rule rule) => _failures.Add(1, rule.Group.Tags);

    public void Early(Rule rule, double sampleToEvaluationSeconds)
    {
        _early.Add(1, rule.Group.Tags);
        _sampleToEvaluation.Record(sampleToEvaluationSeconds);
    }

    public void Iterated(RuleGroup group, long missed, TimeSpan elapsed)
    {
        _iterations.Add(1 + missed, group.Tags);
        if (missed > 0) _missed.Add(missed, group.Tags);
        _groupSeconds.Record(elapsed.TotalSeconds);
    }
}
