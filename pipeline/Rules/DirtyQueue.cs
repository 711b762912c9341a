namespace Streamline.Pipeline.Rules;

/// <summary>
/// The dirty rules waiting for the rule thread, each at most once: first until their pause is over, then cheapest first, so that a costly rule never stands
/// before a cheap one for long. Rule thread only.
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
    }

    /// <summary>Takes note of a dirty rule.</summary>
    public void Add(int streamId, long sampleTimeMs, long nowMs)
    {
        Entry entry = _entries[streamId];
        if (entry.IsQueued) return;
        entry.IsQueued = true;
        entry.SampleTimeMs = sampleTimeMs;
        if (entry.NotBeforeMs <= nowMs) _ready.Enqueue(entry, entry.CostTicks);
        else _cooling.Enqueue(entry, entry.NotBeforeMs);
    }

    /// <summary>The next rule to run now; null when none may.</summary>
    public Entry? TakeReady(long nowMs)
    {
        while (_cooling.TryPeek(out _, out long at) && at <= nowMs)
        {
            Entry cooled = _cooling.Dequeue();
            _ready.Enqueue(cooled, cooled.CostTicks);
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
}
