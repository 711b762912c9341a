using Streamline.Pipeline.Config;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>A rule and what its last evaluation left. State is the rule thread's; readers take <see cref="LiveRules"/>'s state lock.</summary>
internal abstract class Rule
{
    protected Rule(RuleConfig config, RuleGroup group, Expr expr)
    {
        (Config, Group, Expr) = (config, group, expr);
        Key = KeyOf(config);
    }

    public RuleConfig Config { get; }

    public RuleGroup Group { get; }

    public Expr Expr { get; }

    public abstract string Name { get; }

    /// <summary>Kind, name and labels: what a reload and a restart know a rule by within its group (R10).</summary>
    public string Key { get; }

    public OutputSet Outputs { get; private set; } = new();

    public RuleHealth Health { get; private set; }

    public string LastError { get; private set; } = "";

    public double EvaluationSeconds { get; private set; }

    public long? LastEvaluationMs { get; private set; }

    /// <summary>Position among the streaming rules, -1 for a rule evaluated at slots only.</summary>
    public int StreamId { get; set; } = -1;

    /// <summary>Applies a result at a slot: samples into the batch, all stamped <paramref name="timestampMs"/>.</summary>
    /// <exception cref="RuleException">The rule fails as a whole; nothing of it is stored.</exception>
    public abstract void ApplySlot(QueryResult result, long timestampMs, RuleBatch batch, RuleContext context);

    public abstract RuleSnapshot Snapshot();

    public void Succeeded() => (Health, LastError) = (RuleHealth.Ok, "");

    public void Failed(string error) => (Health, LastError) = (RuleHealth.Err, error);

    public void Evaluated(long timestampMs, TimeSpan elapsed) => (LastEvaluationMs, EvaluationSeconds) = (timestampMs, elapsed.TotalSeconds);

    /// <summary>Takes over what the same rule left behind before a reload.</summary>
    public virtual void TakeOver(Rule before)
    {
        (Outputs, before.Outputs) = (before.Outputs, new OutputSet());
        (Health, LastError, EvaluationSeconds, LastEvaluationMs) = (before.Health, before.LastError, before.EvaluationSeconds, before.LastEvaluationMs);
    }

    protected static IReadOnlyList<KeyValuePair<string, string>> Sorted(IReadOnlyDictionary<string, string> pairs) =>
        [.. pairs.OrderBy(p => p.Key, StringComparer.Ordinal)];

    protected static string KeyOf(RuleConfig config)
    {
        var labels = new LabelsBuilder();
        foreach (var (name, value) in config.Labels) labels.Set(name, value);
        return $"{(config.IsAlert ? "alert" : "record")} {(config.IsAlert ? config.Alert : config.Record)}{labels.Build()}";
    }
}

/// <summary>A rule's evaluation gives no result; the message goes to its health.</summary>
internal sealed class RuleException(string message) : Exception(message);
