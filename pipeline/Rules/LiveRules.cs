using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>
/// All rule groups of the process: evaluates them at their slots, and dirty streaming rules between slots, on one thread. Everything
/// that ends something happens at slots only.
/// Locks, outer to inner: _turn (one work item or one reload), _state (what snapshots read).
/// </summary>
internal sealed partial class LiveRules : IDisposable
{
    private readonly LiveRulesSetup _setup;
    private readonly RuleMetrics _metrics;
    private readonly AlertJournal _journal;
    private readonly WorkerThread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _turn = new();
    private readonly Lock _state = new();
    private readonly PriorityQueue<RuleGroup, long> _slots = new();
    private readonly PriorityQueue<OutputSet, long> _farewells = new(); // series of removed groups, by the time they are ended (R8)

    private Dictionary<string, List<AlertInstance>> _restored = [];
    private IReadOnlyList<RuleGroup> _groups = [];
    private RuleContext _context;
    private DirtyQueue _dirty = new([]);
    private volatile StreamIndex _index;

    public LiveRules(LiveRulesSetup setup)
    {
        _setup = setup;
        _context = new RuleContext(setup, Labels.Empty);
        _index = new StreamIndex([], 0, setup.WatchSeries);
        _metrics = new RuleMetrics(setup.Meter, () => _groups);
        _journal = new AlertJournal(setup.JournalPath);
        (_restored, string? damage) = _journal.Load();
        if (damage is not null) LogJournalDamage(damage);
        _journal.Rewrite(_restored.SelectMany(r => r.Value.Select(a => (r.Key, a))));
        _thread = new WorkerThread("rules", setup.Time, RunDue, LogLoopFault);
    }

    /// <summary>Parses a new set of groups; the running one goes on.</summary>
    public RulePlan Prepare(IReadOnlyList<RuleGroupConfig> groups, GlobalConfig global) => RulePlan.Build(groups, global, _setup);

    /// <summary>Puts a prepared set in place: equal groups keep slots and state, series of rules that went are ended.</summary>
    public void Commit(RulePlan plan)
    {
        lock (_turn)
        {
            lock (_state) Replace(plan);
        }
        _thread.Wake();
    }

    /// <summary>Starts the thread; before it, tests call <see cref="RunDue"/> themselves.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// The append stage tells of a committed batch, whose samples are visible to queries now. Marks rules and wakes the thread; hot path, allocates nothing.
    /// </summary>
    public void OnCommitted(SampleBatch batch)
    {
        if (!_index.Mark(batch, NowMs())) return;
        _setup.HaveWork(true);
        _thread.Wake();
    }

    /// <summary>A picture of all groups for the API.</summary>
    public IReadOnlyList<RuleGroupSnapshot> Snapshot()
    {
        lock (_state) return [.. _groups.Select(g => g.Snapshot())];
    }

    /// <summary>Ends the thread and closes the journal. Before the appender stops: what was sent is still stored.</summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        _stopping.Cancel();
        _thread.Dispose();
        _index.Dispose();
        CloseJournal();
        _journal.Dispose();
        _stopping.Dispose();
    }

    private long NowMs() => _setup.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Replace(RulePlan plan)
    {
        long now = NowMs();
        var old = _groups.ToDictionary(g => g.Key);
        _context = new RuleContext(_setup, plan.ExternalLabels);
        _slots.Clear();
        foreach (RuleGroup group in plan.Groups)
        {
            group.Start(now);
            if (old.Remove(group.Key, out RuleGroup? before)) group.TakeOver(before);
            _slots.Enqueue(group, group.NextSlotMs);
        }
        foreach (RuleGroup gone in old.Values) Farewell(gone, now);
        foreach (RuleGroup group in plan.Groups.Where(g => g.Config.Evaluation?.Recording == RuleEvaluation.Streaming && g.Rules.Any(r => r is RecordingRule))) LogRecordingStreams(group.Key);
        _groups = plan.Groups;
        RestoreAlerts(now);
        Stream(now);
        TryRewriteJournal();
    }

    private void Farewell(RuleGroup group, long now)
    {
        foreach (OutputSet outputs in group.Rules.Select(r => r.Outputs).Concat(group.Orphans)) _farewells.Enqueue(outputs, now + 2 * group.IntervalMs);
    }

    // Once, with the first set of rules after a start. What no rule claims is forgotten by the rewrite of the journal.
    private void RestoreAlerts(long now)
    {
        const int GraceSlots = 2; // as Prometheus, which restores after a group's second evaluation
        if (_restored.Count == 0) return;
        foreach (AlertingRule rule in AlertingRules())
        {
            if (!_restored.Remove(JournalKey(rule), out var alerts)) continue;
            alerts.RemoveAll(a => a.State == AlertState.Pending && now - a.ActiveAtMs > _setup.OutageToleranceMs);
            foreach (AlertInstance alert in alerts) alert.GraceSlots = GraceSlots;
            rule.Restore(alerts);
        }
        _restored = [];
    }

    private IEnumerable<AlertingRule> AlertingRules() => _groups.SelectMany(g => g.Rules).OfType<AlertingRule>();

    // Numbers the streaming rules and watches their series. Each is dirty once: after a start for what came before, after a reload for what came meanwhile.
    private void Stream(long now)
    {
        var rules = AlertingRules().Where(r => r.NotStreamingReason.Length == 0).ToList();
        var leaves = new List<StreamLeaf>();
        foreach (AlertingRule rule in AlertingRules()) rule.StreamId = -1;
        for (int id = 0; id < rules.Count; id++)
        {
            rules[id].StreamId = id;
            foreach (var selector in Query.Syntax.ExprWalk.Selectors(rules[id].Expr)) leaves.Add(StreamLeaf.Of(id, selector.Matchers));
        }
        _dirty = new DirtyQueue(rules);
        StreamIndex old = _index;
        _index = new StreamIndex(leaves, rules.Count, _setup.WatchSeries);
        old.Dispose();
        _dirty.Add([.. rules.Select((_, id) => (id, now))], now);
    }

    // The rules are in place already: a journal that cannot be written is no reason to undo them.
    private void TryRewriteJournal()
    {
        try
        {
            RewriteJournal();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogJournalFailed(error);
        }
    }

    // What comes after must be closed in any case: the database above all.
    private void CloseJournal()
    {
        try
        {
            _journal.Flush(sync: false);
            // Also what was written before and not forced to the disk yet.
            _journal.Sync();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogJournalFailed(error);
        }
    }

    private void RewriteJournal() =>
        _journal.Rewrite(AlertingRules().SelectMany(r => r.Instances.Where(a => a.State != AlertState.Inactive).Select(a => (JournalKey(r), a))));

    private static string JournalKey(AlertingRule rule) => $"{rule.Group.Key};{rule.Key}";
}
