using System.Globalization;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Templates;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// Turns the result of its expression into alerts. At slots it follows Prometheus's state machine whole; between slots (<see cref="ApplyEarly"/>) alerts
/// may start and may fire, nothing ends.
/// </summary>
internal sealed class AlertingRule : Rule
{
    /// <summary>How long a resolved alert is kept, so that its resolution is sent again.</summary>
    private const long ResolvedRetentionMs = 15 * 60_000;

    private readonly long _forMs;
    private readonly long _keepFiringMs;
    private readonly string _generatorUrl;
    private readonly (string Name, AlertTemplate Template)[] _labels;
    private readonly (string Name, AlertTemplate Template)[] _annotations;
    private readonly bool _staticLabels;
    private readonly LabelsBuilder _builder = new();
    private readonly List<Found> _found = [];
    private Dictionary<Labels, Labels> _alertLabels = [];
    private Dictionary<Labels, AlertInstance> _active = [];
    private int _evaluation;

    public AlertingRule(RuleConfig config, RuleGroup group, Expr expr, string externalUrl) : base(config, group, expr)
    {
        _forMs = (long)config.For.TotalMilliseconds;
        _keepFiringMs = (long)config.KeepFiringFor.TotalMilliseconds;
        _generatorUrl = $"{externalUrl}/graph?g0.expr={GoQuote.Query(expr.ToString()!)}&g0.tab=1";
        _labels = [.. config.Labels.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, new AlertTemplate(config.Alert, p.Value)))];
        _annotations = [.. config.Annotations.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (p.Key, new AlertTemplate(config.Alert, p.Value)))];
        _staticLabels = !config.Labels.Values.Any(v => v.Contains("{{", StringComparison.Ordinal));
    }

    private readonly record struct Found(Labels Labels, Labels Source, object Shown)
    {
        public double Value => Shown is double value ? value : 0;
    }

    public override string Name => Config.Alert;

    public IEnumerable<AlertInstance> Instances => _active.Values;

    /// <summary>Why samples do not wake the rule, empty when they do or it was never to stream.</summary>
    public string NotStreamingReason { get; init; } = "";

    public override void ApplySlot(QueryResult result, long timestampMs, RuleBatch batch, RuleContext context)
    {
        Collect(result, timestampMs, context);
        _evaluation++;
        Outputs.Begin();
        foreach (Found found in _found) Observe(found, timestampMs, context).Evaluation = _evaluation;
        foreach (AlertInstance alert in _active.Values) Advance(alert, timestampMs, context);
        CheckLimit(context);
        foreach (AlertInstance alert in _active.Values) Write(alert, timestampMs, batch);
        Outputs.EndMissing(timestampMs, batch);
        foreach (AlertInstance alert in _active.Values) Offer(alert, timestampMs, context);
    }

    /// <summary>Between slots: starts and fires what the result holds.</summary>
    public void ApplyEarly(QueryResult result, long timestampMs, RuleBatch batch, RuleContext context)
    {
        Collect(result, timestampMs, context);
        foreach (Found found in _found)
        {
            bool known = _active.TryGetValue(found.Labels, out AlertInstance? alert) && alert.State != AlertState.Inactive;
            if (known && alert!.State == AlertState.Firing) continue;
            alert = Observe(found, timestampMs, context);
            bool fired = Fire(alert, timestampMs, context);
            if (known && !fired) continue;
            if (known) Outputs.End(alert.Series.Pending, timestampMs, batch);
            Write(alert, timestampMs, batch);
            Offer(alert, timestampMs, context);
        }
    }

    /// <summary>Puts alerts of before a restart back.</summary>
    public void Restore(IEnumerable<AlertInstance> alerts)
    {
        foreach (AlertInstance alert in alerts) _active[alert.Labels] = alert;
    }

    /// <summary>Offers the alerts that a full target did not take, and repeats what is due; for the scheduler, after <see cref="ApplySlot"/> failed.</summary>
    public void OfferAll(long timestampMs, RuleContext context)
    {
        foreach (AlertInstance alert in _active.Values) Offer(alert, timestampMs, context);
    }

    public override void TakeOver(Rule before)
    {
        base.TakeOver(before);
        if (before is not AlertingRule rule) return;
        (_active, rule._active) = (rule._active, []);
        _evaluation = rule._evaluation;
    }

    public override RuleSnapshot Snapshot() => new()
    {
        IsAlerting = true,
        Name = Name,
        Query = Expr.ToString()!,
        Labels = Sorted(Config.Labels),
        Annotations = Sorted(Config.Annotations),
        ForSeconds = _forMs / 1000.0,
        KeepFiringForSeconds = _keepFiringMs / 1000.0,
        State = Strongest(),
        Alerts = [.. _active.Values.Where(a => a.State != AlertState.Inactive).OrderBy(a => a.Labels).Select(a => new AlertSnapshot(
            a.Labels, a.Annotations, a.State, a.ActiveAtMs, a.KeepFiringSinceMs == 0 ? null : a.KeepFiringSinceMs, a.Value))],
        Health = Health,
        LastError = LastError,
        EvaluationSeconds = EvaluationSeconds,
        LastEvaluationMs = LastEvaluationMs,
        IsStreaming = StreamId >= 0,
        NotStreamingReason = NotStreamingReason,
    };

    private AlertState Strongest()
    {
        if (LastEvaluationMs is null && _active.Count == 0) return AlertState.Unknown;
        var state = AlertState.Inactive;
        foreach (AlertInstance alert in _active.Values)
        {
            if (alert.State > state) state = alert.State;
        }
        return state;
    }

    private void Collect(QueryResult result, long timestampMs, RuleContext context)
    {
        if (result.Type is not (Query.ValueType.Vector or Query.ValueType.Scalar)) throw new RuleException("rule result is not a vector or scalar");
        _found.Clear();
        if (_alertLabels.Count > 2 * result.Series.Count + 16) _alertLabels = [];
        TemplateSite? site = null;
        foreach (ResultSeries series in result.Series)
        {
            // Templates see a histogram; the alert's own value is a number, 0 then.
            object shown = series.Values.Length > 0 ? series.Values.Span[0] : series.Histograms.Span[0].Text();
            _found.Add(new Found(LabelsOf(series.Labels, shown, timestampMs, context, ref site), series.Labels, shown));
        }
        if (_found.Count > 1) CheckDoubles();
    }

    private void CheckDoubles()
    {
        var seen = new HashSet<Labels>(_found.Count);
        foreach (Found found in _found)
        {
            if (!seen.Add(found.Labels)) throw new RuleException("vector contains metrics with the same labelset after applying alert labels");
        }
    }

    private Labels LabelsOf(Labels source, object value, long timestampMs, RuleContext context, ref TemplateSite? site)
    {
        if (_staticLabels && _alertLabels.TryGetValue(source, out Labels? known)) return known;
        _builder.Reset(source).Remove("__name__"u8);
        TemplateData? data = null;
        foreach (var (name, template) in _labels)
        {
            data ??= DataOf(source, value, context);
            _builder.Set(name, template.Expand(data, site ??= context.SiteAt(timestampMs)));
        }
        Labels labels = _builder.Set("alertname", Name).Build();
        if (_staticLabels) _alertLabels[source] = labels;
        return labels;
    }

    private static TemplateData DataOf(Labels source, object value, RuleContext context) =>
        new(TemplateMap.Of(source), context.ExternalLabels, context.Setup.ExternalUrl, value);

    private KeyValuePair<string, string>[] AnnotationsOf(Found found, long timestampMs, RuleContext context)
    {
        if (_annotations.Length == 0) return [];
        TemplateData data = DataOf(found.Source, found.Shown, context);
        TemplateSite site = context.SiteAt(timestampMs);
        return [.. _annotations.Select(a => KeyValuePair.Create(a.Name, a.Template.Expand(data, site)))];
    }

    // The condition holds for this label set: a live alert learns its value, any other starts pending.
    private AlertInstance Observe(Found found, long timestampMs, RuleContext context)
    {
        if (!_active.TryGetValue(found.Labels, out AlertInstance? alert) || alert.State == AlertState.Inactive)
        {
            _active[found.Labels] = alert = new AlertInstance(found.Labels, timestampMs);
            context.Changed.Add((this, alert));
        }
        alert.Value = found.Value;
        alert.Annotations = AnnotationsOf(found, timestampMs, context);
        alert.GraceSlots = 0;
        return alert;
    }

    private void Advance(AlertInstance alert, long timestampMs, RuleContext context)
    {
        if (alert.Evaluation != _evaluation) Vanished(alert, timestampMs, context);
        else
        {
            alert.KeepFiringSinceMs = 0;
            if (!Fire(alert, timestampMs, context)) FallBack(alert, timestampMs, context);
        }
    }

    private bool Fire(AlertInstance alert, long timestampMs, RuleContext context)
    {
        if (alert.State != AlertState.Pending || timestampMs - alert.ActiveAtMs < _forMs) return false;
        alert.State = AlertState.Firing;
        alert.FiredAtMs = timestampMs;
        alert.LastSentMs = 0;
        context.Changed.Add((this, alert));
        return true;
    }

    // A reload raised "for" above the time the alert has been active: it waits again (R10).
    private void FallBack(AlertInstance alert, long timestampMs, RuleContext context)
    {
        if (alert.State != AlertState.Firing || timestampMs - alert.ActiveAtMs >= _forMs) return;
        alert.State = AlertState.Pending;
        alert.FiredAtMs = 0;
        context.Changed.Add((this, alert));
    }

    private void Vanished(AlertInstance alert, long timestampMs, RuleContext context)
    {
        if (alert.GraceSlots > 0)
        {
            alert.GraceSlots--;
            return;
        }
        if (alert.State == AlertState.Firing && _keepFiringMs > 0)
        {
            if (alert.KeepFiringSinceMs == 0)
            {
                alert.KeepFiringSinceMs = timestampMs;
                context.Changed.Add((this, alert));
            }
            if (timestampMs - alert.KeepFiringSinceMs < _keepFiringMs) return;
        }
        if (alert.State == AlertState.Pending || (alert.ResolvedAtMs != 0 && timestampMs - alert.ResolvedAtMs > ResolvedRetentionMs))
        {
            alert.State = AlertState.Inactive;
            _active.Remove(alert.Labels);
            context.Changed.Add((this, alert));
        }
        else if (alert.State == AlertState.Firing)
        {
            alert.State = AlertState.Inactive;
            alert.ResolvedAtMs = timestampMs;
            context.Changed.Add((this, alert));
        }
    }

    private void CheckLimit(RuleContext context)
    {
        int limit = Group.Config.Limit, count = _active.Values.Count(a => a.State != AlertState.Inactive);
        if (limit <= 0 || count <= limit) return;
        foreach (AlertInstance alert in _active.Values)
        {
            alert.State = AlertState.Inactive;
            context.Changed.Add((this, alert));
        }
        _active.Clear();
        context.ToSend.Clear();
        throw new RuleException(string.Create(CultureInfo.InvariantCulture, $"exceeded limit of {limit} with {count} alerts"));
    }

    private void Write(AlertInstance alert, long timestampMs, RuleBatch batch)
    {
        if (alert.State == AlertState.Inactive) return;
        Outputs.Emit(alert.State == AlertState.Firing ? alert.Series.Firing : alert.Series.Pending, timestampMs, 1, batch);
        Outputs.Emit(alert.Series.ForState, timestampMs, Math.Floor(alert.ActiveAtMs / 1000.0), batch);
    }

    private void Offer(AlertInstance alert, long timestampMs, RuleContext context)
    {
        long resend = context.Setup.ResendDelayMs;
        if (!alert.NeedsSending(timestampMs, resend)) return;
        context.ToSend.Add((alert, alert.Update(timestampMs, 4 * Math.Max(Group.IntervalMs, resend), _generatorUrl)));
    }
}
