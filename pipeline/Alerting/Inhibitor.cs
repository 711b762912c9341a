using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Alerting;

/// <summary>
/// Inhibition rules: a target is kept quiet while a firing source has equal values for the rule's <c>equal</c> labels. Sources are found by those values,
/// never by a scan. Dispatcher thread only.
/// </summary>
internal sealed class Inhibitor(IReadOnlyList<InhibitRuleConfig> configs)
{
    private readonly InhibitRule[] _rules = [.. configs.Select(c => new InhibitRule(c))];

    /// <summary>Learns an alert's newest state.</summary>
    public void Observe(AlertUpdate alert)
    {
        foreach (InhibitRule rule in _rules) rule.Observe(alert);
    }

    /// <summary>Whether some firing source keeps the alert quiet.</summary>
    public bool IsInhibited(Labels labels, long nowMs)
    {
        foreach (InhibitRule rule in _rules)
        {
            if (rule.Inhibits(labels, nowMs)) return true;
        }
        return false;
    }

    private sealed class InhibitRule(InhibitRuleConfig config)
    {
        private readonly LabelMatcher[] _source = Compile(config.AllSourceMatchers);
        private readonly LabelMatcher[] _target = Compile(config.AllTargetMatchers);
        private readonly byte[][] _equal = [.. config.Equal.Select(Encoding.UTF8.GetBytes)];
        private readonly Dictionary<Labels, Dictionary<Labels, AlertUpdate>> _sources = []; // equal values -> sources

        public void Observe(AlertUpdate alert)
        {
            if (!Matches(_source, alert.Labels)) return;
            Labels key = EqualOf(alert.Labels);
            if (!_sources.TryGetValue(key, out var same)) _sources[key] = same = [];
            if (alert.IsResolvedAt(alert.UpdatedAtMs)) same.Remove(alert.Labels);
            else same[alert.Labels] = alert;
            if (same.Count == 0) _sources.Remove(key);
        }

        // An alert that matches both sides is not inhibited by another that does too, so none inhibits itself.
        public bool Inhibits(Labels labels, long nowMs)
        {
            if (!Matches(_target, labels) || !_sources.TryGetValue(EqualOf(labels), out var sources)) return false;
            bool isSourceToo = Matches(_source, labels);
            foreach (AlertUpdate source in sources.Values)
            {
                if (source.IsResolvedAt(nowMs)) continue;
                if (!isSourceToo || !Matches(_target, source.Labels)) return true;
            }
            return false;
        }

        private Labels EqualOf(Labels labels)
        {
            if (_equal.Length == 0) return Labels.Empty;
            var builder = new LabelsBuilder();
            foreach (byte[] name in _equal)
            {
                var value = labels.ValueOf(name);
                if (!value.IsEmpty) builder.Set(name, value);
            }
            return builder.Build();
        }

        private static LabelMatcher[] Compile(IReadOnlyList<MatcherConfig> matchers) =>
            [.. matchers.Select(m => new LabelMatcher(m.Operator, m.Name, m.Value))];

        private static bool Matches(LabelMatcher[] matchers, Labels labels)
        {
            foreach (LabelMatcher matcher in matchers)
            {
                if (!matcher.Matches(labels.ValueOf(matcher.NameUtf8.Span))) return false;
            }
            return true;
        }
    }
}
