using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>State of an alert or, as the strongest state of its alerts, of an alerting rule.</summary>
public enum AlertState
{
    /// <summary>The rule was never evaluated.</summary>
    Unknown,

    /// <summary>The condition does not hold.</summary>
    Inactive,

    /// <summary>The condition holds, its <c>for</c> has not passed yet.</summary>
    Pending,

    /// <summary>The alert is being told to receivers.</summary>
    Firing,
}

/// <summary>How the last evaluation of a rule went.</summary>
public enum RuleHealth
{
    /// <summary>Never evaluated.</summary>
    Unknown,

    /// <summary>Evaluated without error.</summary>
    Ok,

    /// <summary>The last evaluation failed; the rule's snapshot says why.</summary>
    Err,
}

/// <summary>One active alert of a rule. Times are milliseconds since the Unix epoch.</summary>
public sealed record AlertSnapshot(
    Labels Labels,
    IReadOnlyList<KeyValuePair<string, string>> Annotations,
    AlertState State,
    long ActiveAtMs,
    long? KeepFiringSinceMs,
    double Value);

/// <summary>One rule of a group with what its last evaluation left behind. Durations are seconds, as the API prints them.</summary>
public sealed record RuleSnapshot
{
    /// <summary>True for an alerting rule, false for a recording rule.</summary>
    public required bool IsAlerting { get; init; }

    /// <summary>Alert name or recorded metric name.</summary>
    public required string Name { get; init; }

    /// <summary>The expression in canonical form.</summary>
    public required string Query { get; init; }

    /// <summary>Labels of the rule with those of its group underneath; values as written (templates not expanded).</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    /// <summary>Annotations as written.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary><c>for</c> in seconds.</summary>
    public double ForSeconds { get; init; }

    /// <summary><c>keep_firing_for</c> in seconds.</summary>
    public double KeepFiringForSeconds { get; init; }

    /// <summary>Strongest state of the alerts.</summary>
    public AlertState State { get; init; }

    /// <summary>Pending and firing alerts.</summary>
    public IReadOnlyList<AlertSnapshot> Alerts { get; init; } = [];

    /// <summary>Health.</summary>
    public RuleHealth Health { get; init; }

    /// <summary>Error of the last evaluation, empty when it went well.</summary>
    public string LastError { get; init; } = "";

    /// <summary>Duration of the last evaluation in seconds.</summary>
    public double EvaluationSeconds { get; init; }

    /// <summary>When the rule was last evaluated, ms since the epoch; null before the first time.</summary>
    public long? LastEvaluationMs { get; init; }

    /// <summary>Whether samples wake the rule between its slots.</summary>
    public bool IsStreaming { get; init; }

    /// <summary>Why an alerting rule of a streaming group is evaluated at slots only; empty when it streams or was not asked to.</summary>
    public string NotStreamingReason { get; init; } = "";
}

/// <summary>One rule group.</summary>
public sealed record RuleGroupSnapshot
{
    /// <summary>Group name, unique within its file.</summary>
    public required string Name { get; init; }

    /// <summary>File the group comes from.</summary>
    public required string File { get; init; }

    /// <summary>Interval in seconds.</summary>
    public required double IntervalSeconds { get; init; }

    /// <summary>Most series or alerts a rule of the group may give; 0 for any number.</summary>
    public int Limit { get; init; }

    /// <summary>Rules in the order of evaluation.</summary>
    public required IReadOnlyList<RuleSnapshot> Rules { get; init; }

    /// <summary>Duration of the last evaluation of the whole group in seconds.</summary>
    public double EvaluationSeconds { get; init; }

    /// <summary>When the group was last evaluated at a slot, ms since the epoch; null before the first time.</summary>
    public long? LastEvaluationMs { get; init; }
}
