using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Templates;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>What all rules share while one set of rule groups is loaded: the set-up, external labels, and the lists that transitions are collected in.</summary>
internal sealed class RuleContext(LiveRulesSetup setup, Labels externalLabels)
{
    private readonly TemplateSite _site = new() { ExternalUrl = setup.ExternalUrl };

    /// <summary>Alerts to be told after the evaluation, in order; emptied by the scheduler.</summary>
    public List<(AlertInstance Alert, AlertUpdate Update)> ToSend { get; } = [];

    /// <summary>Instances whose state the journal must learn; emptied by the scheduler.</summary>
    public List<(AlertingRule Rule, AlertInstance Alert)> Changed { get; } = [];

    public LiveRulesSetup Setup { get; } = setup;

    public TemplateMap ExternalLabels { get; } = TemplateMap.Of(externalLabels);

    /// <summary>The world of templates at an evaluation time.</summary>
    public TemplateSite SiteAt(long timestampMs) => _site with { NowMs = timestampMs, Query = text => RunQuery(text, timestampMs) };

    private List<object?> RunQuery(string text, long timestampMs)
    {
        try
        {
            QueryResult result = Setup.Evaluate(Setup.Parse(text), timestampMs, null, CancellationToken.None);
            return [.. result.Series.Select(s => new TemplateSample(TemplateMap.Of(s.Labels), s.Values.Length > 0 ? s.Values.Span[0] : 0))];
        }
        catch (Exception error) when (error is QueryException or PromqlSyntaxException)
        {
            throw new TemplateException(error.Message, error);
        }
    }
}
