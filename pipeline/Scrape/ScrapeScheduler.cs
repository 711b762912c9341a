namespace Streamline.Pipeline.Scrape;

/// <summary>Work that comes round at an interval: a target's scrape.</summary>
internal interface IScheduled
{
    /// <summary>Starts the work due at <paramref name="scheduledMs"/>; must return soon and not throw.</summary>
    void Run(long scheduledMs);
}

/// <summary>
/// The one timer behind all scrapes. Work is due where (time - offset) is a multiple of its interval; offsets are rounded to a grid, so that many targets
/// share a wake-up (forty separate timers a second cost more CPU than parsing what they fetched). Ticks that were missed are left out.
/// </summary>
internal sealed class ScrapeScheduler : IDisposable
{
    // Forty targets of a thousand series a second: 0.65 CPU-s per million samples on a grid of 100 ms, 0.56 on one of 200 (means of seven and nine runs on a busy
    // machine), no less on one of 250. Short intervals keep more than one start.
    private const long GridMs = 200;
    private const long ShortGridMs = 100;

    // The runtime's timers fire up to a millisecond early. Work begins then: to be armed again for the rest cost two wake-ups a tick.
    private const long EarlyMs = 1;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly PriorityQueue<Entry, long> _due = new();

    // Apart from the work: most are taken back long before they are due.
    private readonly PriorityQueue<Entry, long> _deadlines = new();
    private long _armedForMs = long.MaxValue;
    private long _begun;
    private bool _ended;

    public ScrapeScheduler(TimeProvider time)
    {
        _time = time;
        _timer = time == TimeProvider.System
            ? new TickThread("scrapes", _ => Tick(), null)
            : time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed class Entry(IScheduled work, long intervalMs, long offsetMs) : IDisposable
    {
        public IScheduled Work { get; } = work;

        public long IntervalMs { get; } = intervalMs;

        public long OffsetMs { get; } = offsetMs;

        public bool Removed { get; private set; }

        public void Dispose() => Removed = true;
    }

    /// <summary>When the next work is due, at the latest; null without work.</summary>
    public long? NextDueMs
    {
        get
        {
            lock (_lock) return _due.TryPeek(out _, out long at) ? at : null;
        }
    }

    /// <summary>Works begun since the start.</summary>
    public long Begun => Interlocked.Read(ref _begun);

    /// <summary>Schedules work by a hash that spreads it over its interval. Dispose the result to end it.</summary>
    public IDisposable Add(IScheduled work, TimeSpan interval, ulong hash)
    {
        long intervalMs = Math.Max(1, (long)interval.TotalMilliseconds);
        var entry = new Entry(work, intervalMs, OffsetOf(hash, intervalMs));
        lock (_lock)
        {
            _due.Enqueue(entry, NextTick(NowMs - 1, entry));
            Arm();
        }
        return entry;
    }

    /// <summary>Runs work once at a time. Dispose the result to call it off.</summary>
    public IDisposable Once(IScheduled work, long atMs)
    {
        var entry = new Entry(work, 0, 0);
        lock (_lock)
        {
            _due.Enqueue(entry, atMs);
            Arm();
        }
        return entry;
    }

    /// <summary>
    /// Runs work once at a time unless the result is disposed before, as nearly every deadline of a scrape is. A timer of its own for each would wake the
    /// timer thread at each scrape; these wait for the next tick that comes anyway.
    /// </summary>
    public IDisposable Deadline(IScheduled work, long atMs)
    {
        var entry = new Entry(work, 0, 0);
        lock (_lock)
        {
            _deadlines.Enqueue(entry, atMs);
            Arm();
        }
        return entry;
    }

    /// <summary>The next tick after a moment for work of that interval and hash.</summary>
    public static long NextTick(long afterMs, TimeSpan interval, ulong hash)
    {
        long intervalMs = Math.Max(1, (long)interval.TotalMilliseconds);
        return NextTick(afterMs, new Entry(null!, intervalMs, OffsetOf(hash, intervalMs)));
    }

    public void Dispose()
    {
        lock (_lock) _ended = true;
        _timer.Dispose();
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long OffsetOf(ulong hash, long intervalMs)
    {
        long offset = (long)(hash % (ulong)intervalMs), grid = intervalMs >= 5 * GridMs ? GridMs : ShortGridMs;
        return offset - offset % grid;
    }

    private static long NextTick(long afterMs, Entry entry)
    {
        long since = (afterMs - entry.OffsetMs) % entry.IntervalMs;
        if (since < 0) since += entry.IntervalMs;
        return afterMs - since + entry.IntervalMs;
    }

    private void Tick()
    {
        var (ready, missed) = (new List<(IScheduled Work, long At)>(), new List<(IScheduled Work, long At)>());
        lock (_lock)
        {
            if (_ended) return;
            _armedForMs = long.MaxValue;
            long now = NowMs;
            while (_due.TryPeek(out var entry, out long at) && (at <= now + EarlyMs || entry.Removed))
            {
                _due.Dequeue();
                if (entry.Removed) continue;
                ready.Add((entry.Work, at));
                if (entry.IntervalMs > 0) _due.Enqueue(entry, NextTick(Math.Max(at, now), entry));
            }
            TakeDeadlines(now, missed);
            Arm();
        }
        Interlocked.Add(ref _begun, ready.Count);
        foreach (var (work, at) in missed) work.Run(at);
        foreach (var (work, at) in ready) work.Run(at);
    }

    private void TakeDeadlines(long now, List<(IScheduled Work, long At)> missed)
    {
        while (_deadlines.TryPeek(out var entry, out long at) && (at <= now + EarlyMs || entry.Removed))
        {
            _deadlines.Dequeue();
            if (!entry.Removed) missed.Add((entry.Work, at));
        }
    }

    // A clock set back is noticed at the latest after a minute.
    private void Arm()
    {
        while (_deadlines.TryPeek(out var entry, out _) && entry.Removed) _deadlines.Dequeue();
        long at = _due.TryPeek(out _, out long due) ? due : long.MaxValue;
        if (_deadlines.TryPeek(out _, out long deadline)) at = Math.Min(at, deadline);
        if (_ended || at >= _armedForMs) return;
        _armedForMs = at;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(at - NowMs, 0, 60_000)), Timeout.InfiniteTimeSpan);
    }
}
