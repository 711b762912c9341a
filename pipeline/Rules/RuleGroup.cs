using Streamline.Pipeline.Config;
using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>A group of rules with its slots. Rule thread only; readers take the state lock.</summary>
internal sealed class RuleGroup
{
    private const long DefaultIntervalMs = 60_000;
    private readonly long _offsetMs;
    private long _nextSlotMs;

    public RuleGroup(RuleGroupConfig config, long globalQueryOffsetMs)
    {
        Config = config;
        IntervalMs = config.Interval > TimeSpan.Zero ? (long)config.Interval.TotalMilliseconds : DefaultIntervalMs;
        QueryOffsetMs = (long?)config.QueryOffset?.TotalMilliseconds ?? globalQueryOffsetMs;
        // Prometheus spreads groups over their interval by a hash of name and file (rules/group.go).
        _offsetMs = (long)(Labels.Of(("name", config.Name), ("file", config.File)).Hash % (ulong)IntervalMs);
        Origin = new RuleQueryOrigin(config.File, config.Name);
        Tags = [new("rule_group", $"{config.File};{config.Name}")];
    }

    public RuleGroupConfig Config { get; }

    /// <summary>Who asks, in the query log.</summary>
    public RuleQueryOrigin Origin { get; }

    public string Key => $"{Config.File};{Config.Name}";

    public long IntervalMs { get; }

    public long QueryOffsetMs { get; }

    public KeyValuePair<string, object?>[] Tags { get; }

    public IReadOnlyList<Rule> Rules { get; set; } = [];

    /// <summary>The next time all rules are evaluated.</summary>
    public long NextSlotMs => _nextSlotMs;

    /// <summary>The last evaluation time used, slot or early: times of one group rise strictly.</summary>
    public long LastTimeMs { get; private set; } = long.MinValue;

    public long? LastEvaluationMs { get; private set; }

    public double EvaluationSeconds { get; private set; }

    public long LastSamples { get; private set; }

    /// <summary>Series of rules that a reload took out of the group: ended at its next slot.</summary>
    public List<OutputSet> Orphans { get; } = [];

    /// <summary>Samples on their way to the appender whose fate is not known yet.</summary>
    public List<(Rule Rule, Task<CommitResult> Completion)> Outstanding { get; } = [];

    /// <summary>The first slot after <paramref name="nowMs"/>.</summary>
    public void Start(long nowMs)
    {
        long within = (nowMs - _offsetMs) % IntervalMs;
        if (within < 0) within += IntervalMs;
        _nextSlotMs = nowMs - within + IntervalMs;
    }

    /// <summary>An evaluation time between slots: now, or just above the last one.</summary>
    public long EarlyTime(long nowMs) => LastTimeMs = Math.Max(nowMs, LastTimeMs + 1);

    /// <summary>The slot that is due, and how many whole intervals were missed after it; there is no catching up (R4).</summary>
    public (long SlotMs, long Missed) TakeSlot(long nowMs)
    {
        long slot = _nextSlotMs, missed = (nowMs - slot) / IntervalMs;
        _nextSlotMs = slot + (missed + 1) * IntervalMs;
        LastTimeMs = Math.Max(LastTimeMs, slot);
        return (slot, missed);
    }

    public void Evaluated(long slotMs, TimeSpan elapsed, long samples) => (LastEvaluationMs, EvaluationSeconds, LastSamples) = (slotMs, elapsed.TotalSeconds, samples);

    /// <summary>Carries slots, state of equal rules and the series to be ended over from the same group before a reload.</summary>
    public void TakeOver(RuleGroup before)
    {
        (LastTimeMs, LastEvaluationMs, EvaluationSeconds, LastSamples) = (before.LastTimeMs, before.LastEvaluationMs, before.EvaluationSeconds, before.LastSamples);
        Outstanding.AddRange(before.Outstanding);
        if (IntervalMs == before.IntervalMs) _nextSlotMs = before._nextSlotMs;
        var old = before.Rules.GroupBy(r => r.Key).ToDictionary(g => g.Key, g => new Queue<Rule>(g));
        foreach (Rule rule in Rules)
        {
            if (old.TryGetValue(rule.Key, out var same) && same.TryDequeue(out Rule? previous)) rule.TakeOver(previous);
        }
        Orphans.AddRange(before.Orphans);
        Orphans.AddRange(before.Rules.Select(r => r.Outputs).Where(o => o.Count > 0));
    }

    public RuleGroupSnapshot Snapshot() => new()
    {
        Name = Config.Name,
        File = Config.File,
        IntervalSeconds = IntervalMs / 1000.0,
        Limit = Config.Limit,
        Rules = [.. Rules.Select(r => r.Snapshot())],
        EvaluationSeconds = EvaluationSeconds,
        LastEvaluationMs = LastEvaluationMs,
    };
}
