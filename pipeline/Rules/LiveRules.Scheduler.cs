using Streamline.Query;
using Streamline.Storage;

namespace Streamline.Pipeline.Rules;

/// <summary>The rule thread's work: slots and dirty rules in turns, so that neither waits for a queue of the other.</summary>
internal sealed partial class LiveRules
{
    private const long SyncEveryMs = 1000; // the journal's part of FsyncPolicy.Interval
    private long _lastSyncMs;
    private bool _unsynced;

    /// <summary>Does all that is due and returns the time of the next work, ms since the epoch.</summary>
    public long RunDue()
    {
        _setup.HaveWork(true);
        while (!_stopping.IsCancellationRequested)
        {
            bool worked;
            lock (_turn)
            {
                worked = RunSlot();
                worked |= RunDirty();
                if (!worked)
                {
                    RunFarewells();
                    // A commit that says otherwise at this moment also wakes this thread, which begins above.
                    _setup.HaveWork(false);
                    return NextWork();
                }
            }
        }
        return long.MaxValue;
    }

    private long NextWork()
    {
        long next = _slots.TryPeek(out _, out long slot) ? slot : long.MaxValue;
        if (_farewells.TryPeek(out _, out long farewell)) next = Math.Min(next, farewell);
        return Math.Min(next, Math.Min(_dirty.NextMs, _index.NextWake()));
    }

    private bool RunSlot()
    {
        long now = NowMs();
        if (!_slots.TryPeek(out RuleGroup? group, out long due) || due > now) return false;
        _slots.Dequeue();
        var (slot, missed) = group.TakeSlot(now);
        long began = _setup.Time.GetTimestamp();
        EvaluateGroup(group, slot);
        TimeSpan elapsed = _setup.Time.GetElapsedTime(began);
        lock (_state) group.Evaluated(slot, elapsed, _slotSamples);
        _metrics.Iterated(group, missed, elapsed);
        _slots.Enqueue(group, group.NextSlotMs);
        return true;
    }

    // Recording rules at one slot of four while memory is short: their series stay inside the lookback of usual intervals.
    private const long SlowedSlots = 4;

    private long _slotSamples;

    private void EvaluateGroup(RuleGroup group, long slotMs)
    {
        _slotSamples = 0;
        foreach (Rule rule in group.Rules)
        {
            // A rule may read what the one before it has written.
            Settle(group, wait: true);
            if (_stopping.IsCancellationRequested) return;
            if (rule is RecordingRule && _setup.IsShortOfMemory() && slotMs / group.IntervalMs % SlowedSlots != 0) _metrics.Slowed();
            else EvaluateRule(rule, slotMs - group.QueryOffsetMs, EvaluationKind.Slot);
        }
        if (group.Orphans.Count > 0) EndOrphans(group, slotMs - group.QueryOffsetMs);
        Settle(group, wait: false);
    }

    private bool RunDirty()
    {
        long now = NowMs();
        TakeDirty(now);
        if (_dirty.TakeReady(now) is not { } entry) return false;
        if (entry.Rule.Group.NextSlotMs <= now)
        {
            // Slots first within a group, for its times rise strictly. The slot may lie before the sample, so the rule stays dirty.
            _dirty.PutBack(entry, now);
            return true;
        }
        long began = _setup.Time.GetTimestamp();
        long te = entry.Rule.Group.EarlyTime(now);
        EvaluateRule(entry.Rule, te, EvaluationKind.Early);
        Settle(entry.Rule.Group, wait: false);
        DirtyQueue.Ran(entry, _setup.Time.GetElapsedTime(began), NowMs());
        _metrics.Early(entry.Rule, Math.Max(te - entry.SampleTimeMs, 0) / 1000.0);
        return true;
    }

    private readonly List<(int StreamId, long SampleTimeMs)> _taken = []; // rule thread only, used again

    private void TakeDirty(long now)
    {
        _taken.Clear();
        _index.Take(now, (id, sampleTime) => _taken.Add((id, sampleTime)));
        if (_taken.Count > 0) _dirty.Add(_taken, now);
    }

    private enum EvaluationKind
    {
        Slot,
        Early,
    }

    private void EvaluateRule(Rule rule, long timestampMs, EvaluationKind kind)
    {
        long began = _setup.Time.GetTimestamp();
        var batch = new RuleBatch(_setup);
        try
        {
            QueryResult result = _setup.Evaluate(rule.Expr, timestampMs, rule.Group.Origin, _stopping.Token);
            lock (_state) Apply(rule, result, timestampMs, batch, kind);
            _slotSamples += batch.Count;
        }
        catch (Exception error) when (_stopping.IsCancellationRequested && error is OperationCanceledException or QueryException { Kind: QueryErrorKind.Canceled })
        {
            batch.Discard();
            return;
        }
        catch (Exception error) when (error is QueryException or RuleException or StorageCorruptionException)
        {
            batch.Discard();
            lock (_state) Fail(rule, timestampMs, error.Message, kind);
        }
        Tell(timestampMs);
        TimeSpan elapsed = _setup.Time.GetElapsedTime(began);
        lock (_state) rule.Evaluated(timestampMs, elapsed);
        _metrics.Evaluated(rule, elapsed);
        if (batch.Send(_stopping.Token) is { } completion) rule.Group.Outstanding.Add((rule, completion));
    }

    private void Apply(Rule rule, QueryResult result, long timestampMs, RuleBatch batch, EvaluationKind kind)
    {
        if (kind == EvaluationKind.Slot) rule.ApplySlot(result, timestampMs, batch, _context);
        else ((AlertingRule)rule).ApplyEarly(result, timestampMs, batch, _context);
        rule.Succeeded();
    }

    // A failed evaluation says nothing about the alerts: they stay, and those that fire are told again in time.
    private void Fail(Rule rule, long timestampMs, string error, EvaluationKind kind)
    {
        // Between slots a rule may fail many times a second: one line tells it, the next slot says whether it lasts.
        bool isNews = kind == EvaluationKind.Slot || rule.Health != RuleHealth.Err;
        rule.Failed(error);
        _metrics.Failed(rule);
        if (isNews) LogRuleFailed(rule.Group.Key, rule.Name, error);
        if (kind == EvaluationKind.Slot && rule is AlertingRule alerting) alerting.OfferAll(timestampMs, _context);
    }

    // First the journal, then the receivers: what was told survives kill -9.
    private void Tell(long timestampMs)
    {
        if (_context.Changed.Count > 0)
        {
            foreach (var (rule, alert) in _context.Changed) _journal.Add(JournalKey(rule), alert);
            _context.Changed.Clear();
            WriteJournal();
        }
        if (_context.ToSend.Count == 0) return;
        int taken = _setup.Alerts?.Post(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_context.ToSend.ConvertAll(s => s.Update))) ?? _context.ToSend.Count;
        for (int i = 0; i < taken; i++) _context.ToSend[i].Alert.LastSentMs = timestampMs;
        // The others are offered again at the next slot: their LastSent has not moved.
        if (taken < _context.ToSend.Count) LogTargetFull(_context.ToSend.Count - taken);
        _context.ToSend.Clear();
    }

    private void WriteJournal()
    {
        try
        {
            if (_journal.IsGrown) RewriteJournal();
            else _journal.Flush(_setup.Fsync() == FsyncPolicy.Commit);
            SyncJournal();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogJournalFailed(error);
        }
    }

    // Off this thread: a sync takes milliseconds that a firing alert would wait.
    private void SyncJournal()
    {
        if (_setup.Fsync() != FsyncPolicy.Interval) return;
        long now = NowMs();
        _unsynced = true;
        if (now - _lastSyncMs < SyncEveryMs) return;
        (_lastSyncMs, _unsynced) = (now, false);
        ThreadPool.UnsafeQueueUserWorkItem(static rules => rules.SyncNow(), this, preferLocal: false);
    }

    private void SyncNow()
    {
        try
        {
            _journal.Sync();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // A rewrite or the end closed this file after syncing it.
            LogJournalFailed(error);
        }
    }

    // Learns what became of the samples sent (R18). Waits only where a following rule of the group must see them.
    private void Settle(RuleGroup group, bool wait)
    {
        for (int i = group.Outstanding.Count - 1; i >= 0; i--)
        {
            var (rule, completion) = group.Outstanding[i];
            if (!completion.IsCompleted)
            {
                if (!wait) continue;
                try
                {
                    completion.Wait(_stopping.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
            group.Outstanding.RemoveAt(i);
            CommitResult result = completion.GetAwaiter().GetResult();
            if (result.Rejected > 0) Refused(rule, result);
        }
    }

    private void Refused(Rule rule, in CommitResult result)
    {
        // Markers of series that have newer samples are refused without harm.
        if (result.FirstError is not { } first || StaleMarker.Is(first.Value)) return;
        string error = $"{result.Rejected} samples refused, first: {first.Message}";
        lock (_state) rule.Failed(error);
        LogRuleFailed(rule.Group.Key, rule.Name, error);
    }

    private void EndOrphans(RuleGroup group, long timestampMs)
    {
        var batch = new RuleBatch(_setup);
        foreach (OutputSet outputs in group.Orphans) outputs.EndAll(timestampMs, batch);
        group.Orphans.Clear();
        batch.Send(_stopping.Token);
    }

    private void RunFarewells()
    {
        long now = NowMs();
        while (_farewells.TryPeek(out OutputSet? outputs, out long due) && due <= now)
        {
            _farewells.Dequeue();
            var batch = new RuleBatch(_setup);
            outputs.EndAll(now, batch);
            batch.Send(_stopping.Token);
        }
        if (_unsynced && now - _lastSyncMs >= SyncEveryMs) SyncJournal();
    }
}
