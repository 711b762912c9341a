namespace Streamline.Pipeline.Rules;

/// <summary>
/// The dirty rules waiting for the rule thread, each at most once: first until their pause is over, then the smallest job first. A job is all that was dirty
/// together: a sample that touches one rule does not wait for a scrape or a write that touches two hundred (measured with 200 rules over 20,000 series written
/// each second: a sweep of those takes 60-100 ms, and with cheapest-rule-first the one costlier rule always came last). Rule thread only.
/// </summary>
internal sealed class DirtyQueue
{
    private const long LeastPauseMs = 10;
    private const int PauseFactor = 10; // a rule may take a tenth of the thread between slots

    private readonly PriorityQueue<Entry, long> _cooling = new();
    private readonly PriorityQueue<Entry, long> _ready = new();
    private readonly Entry[] _entries;

    public DirtyQueue(IReadOnlyList<AlertingRule> rules) => _entries = [.. rules.Select(r => new Entry(r))];

    internal sealed class Entry(AlertingRule rule)
    {
        public AlertingRule Rule { get; } = rule;

        /// <summary>In one of the two queues.</summary>
        public bool IsQueued { get; set; }

        public long SampleTimeMs { get; set; }

        public long NotBeforeMs { get; set; }

        public long CostTicks { get; set; }

        /// <summary>Cost of all rules that became dirty together with this one: its place in the line.</summary>
        public long JobTicks { get; set; }
    }

    /// <summary>Takes note of rules that are dirty together.</summary>
    public void Add(IReadOnlyList<(int StreamId, long SampleTimeMs)> dirty, long nowMs)
    {
        long job = 0;
        foreach (var (id, _) in dirty) job += Math.Max(_entries[id].CostTicks, 1);
        foreach (var (id, sampleTimeMs) in dirty)
        {
            Entry entry = _entries[id];
            // One that still cools moves up with a smaller job; one in line keeps its place.
            entry.JobTicks = entry.IsQueued ? Math.Min(entry.JobTicks, job) : job;
            if (entry.IsQueued) continue;
            entry.SampleTimeMs = sampleTimeMs;
            Put(entry, nowMs);
        }
    }

    /// <summary>Puts back what was taken and could not run yet.</summary>
    public void PutBack(Entry entry, long nowMs) => Put(entry, nowMs);

    /// <summary>The next rule to run now; null when none may.</summary>
    public Entry? TakeReady(long nowMs)
    {
        while (_cooling.TryPeek(out _, out long at) && at <= nowMs)
        {
            Entry cooled = _cooling.Dequeue();
            _ready.Enqueue(cooled, cooled.JobTicks);
        }
        if (!_ready.TryDequeue(out Entry? entry, out _)) return null;
        entry.IsQueued = false;
        return entry;
    }

    /// <summary>When the next rule's pause ends, or <see cref="long.MaxValue"/>.</summary>
    public long NextMs => _cooling.TryPeek(out _, out long at) ? at : long.MaxValue;

    /// <summary>Sets the rule's pause by what its runs cost.</summary>
    public static void Ran(Entry entry, TimeSpan cost, long nowMs)
    {
        // A thread that lost its core in the middle seems to cost tens of milliseconds: a rise is believed by and by, a fall at once.
        long rise = cost.Ticks - entry.CostTicks;
        entry.CostTicks = entry.CostTicks == 0 || rise < 0 ? cost.Ticks : entry.CostTicks + rise / 4;
        long pause = Math.Max(entry.CostTicks * PauseFactor / TimeSpan.TicksPerMillisecond, LeastPauseMs);
        entry.NotBeforeMs = nowMs + Math.Min(pause, entry.Rule.Group.IntervalMs);
    }

    private void Put(Entry entry, long nowMs)
    {
        entry.IsQueued = true;
        if (entry.NotBeforeMs <= nowMs) _ready.Enqueue(entry, entry.JobTicks);
        else _cooling.Enqueue(entry, entry.NotBeforeMs);
    }
}
