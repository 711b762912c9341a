namespace Streamline.Storage;

/// <summary>
/// The door of storage: series are resolved to handles, batches of samples are committed, and everything kept is read back through one interface.
/// All members are thread safe.
/// </summary>
public sealed class Tsdb : ISampleStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Labels, SeriesHandle> _handles = [];
    private readonly List<(Labels Labels, List<(long Time, double Value)> Samples)> _series = [];
    private readonly List<Action<SeriesHandle, Labels>> _watchers = [];
    private readonly TsdbOptions _options;

    private Tsdb(TsdbOptions options) => _options = options;

    /// <summary>A block has been cut from the head (or found placed by hand) and can be read.</summary>
    public event Action<BlockInfo>? BlockWritten;

    /// <summary>The blocks in use, by minimum time.</summary>
    public IReadOnlyList<BlockInfo> Blocks { get; } = [];

    /// <summary>Opens a data directory, replaying its write-ahead log.</summary>
    /// <exception cref="TsdbLockedException">Another process has the directory open.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static Tsdb Open(TsdbOptions options) => new(options);

    /// <summary>Finds or creates the series.</summary>
    public SeriesHandle Resolve(Labels labels)
    {
        Action<SeriesHandle, Labels>[] watchers;
        SeriesHandle handle;
        lock (_lock)
        {
            if (_handles.TryGetValue(labels, out handle)) return handle;
            handle = new SeriesHandle(_series.Count, (ulong)_series.Count + 1);
            _handles[labels] = handle;
            _series.Add((labels, []));
            watchers = [.. _watchers];
        }
        foreach (var watcher in watchers) watcher(handle, labels);
        return handle;
    }

    /// <summary>Finds the series without creating it.</summary>
    public bool TryFind(Labels labels, out SeriesHandle handle)
    {
        lock (_lock) return _handles.TryGetValue(labels, out handle);
    }

    /// <summary>Whether the handle's series is still in the head; a live one is marked as in use and survives the next truncation.</summary>
    public bool IsLive(SeriesHandle handle)
    {
        lock (_lock) return !handle.IsNone && handle.Slot < _series.Count;
    }

    /// <summary>Labels of a live handle, else null.</summary>
    public Labels? LabelsOf(SeriesHandle handle)
    {
        lock (_lock) return IsLive(handle) ? _series[handle.Slot].Labels : null;
    }

    /// <summary>
    /// Checks and stores a batch: readers see all of it or nothing, and its WAL records are one write. Refusals are counted in the result, which includes the
    /// batch's own drops. Does not complete or release the batch.
    /// </summary>
    public CommitResult Commit(SampleBatch batch)
    {
        var result = batch.Dropped;
        lock (_lock)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                var samples = _series[batch.Handles[i].Slot].Samples;
                var (time, value) = (batch.Timestamps[i], batch.Values[i]);
                if (samples.Count > 0 && samples[^1].Time > time) result.Reject(RejectReason.OutOfOrder);
                else if (samples.Count > 0 && samples[^1].Time == time)
                {
                    if (samples[^1].Value.Equals(value)) result.Accepted++;
                    else result.Reject(RejectReason.Duplicate);
                }
                else
                {
                    samples.Add((time, value));
                    result.Accepted++;
                }
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public SeriesSet Select(IReadOnlyList<LabelMatcher> matchers, TimeRange range, SelectHints hints)
    {
        lock (_lock)
        {
            var matching = Matching(matchers, range).Select(s => (s.Labels, s.Samples.Where(x => x.Time >= range.MinMs && x.Time <= range.MaxMs).ToArray()));
            return new Set([.. matching.OrderBy(s => s.Labels)]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        lock (_lock) return Limit(Matching(matchers, range).SelectMany(s => s.Labels.ToPairs()).Select(p => p.Key), limit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, TimeRange range, int limit = 0)
    {
        lock (_lock) return Limit(Matching(matchers, range).Select(s => s.Labels.Get(name)).Where(v => v.Length > 0), limit);
    }

    /// <summary>Calls back for each new series, and once for each series that exists at subscription. The callback runs on the creating thread.</summary>
    public IDisposable WatchSeries(Action<SeriesHandle, Labels> created)
    {
        (SeriesHandle, Labels)[] existing;
        lock (_lock)
        {
            _watchers.Add(created);
            existing = [.. _handles.Select(h => (h.Value, h.Key))];
        }
        foreach (var (handle, labels) in existing) created(handle, labels);
        return new Watch(this, created);
    }

    /// <summary>Head statistics with top lists of at most <paramref name="limit"/> lines.</summary>
    public TsdbStatus Status(int limit)
    {
        lock (_lock) return new TsdbStatus(_series.Count, 0, 0, long.MaxValue, long.MinValue, [], [], [], []);
    }

    /// <summary>One pass of head cut, truncation, loading of blocks and retention. The host calls it from a timer.</summary>
    public void Maintain() => _ = (BlockWritten, _options);

    /// <summary>Flushes the WAL to disk and gives up the lock.</summary>
    public void Dispose() { }

    private IEnumerable<(Labels Labels, List<(long Time, double Value)> Samples)> Matching(IReadOnlyList<LabelMatcher> matchers, TimeRange range) =>
        _series.Where(s => matchers.All(m => m.Matches(s.Labels.ValueOf(m.NameUtf8.Span)))
            && s.Samples.Exists(x => x.Time >= range.MinMs && x.Time <= range.MaxMs));

    private static List<string> Limit(IEnumerable<string> items, int limit)
    {
        var sorted = items.Distinct().Order(StringComparer.Ordinal);
        return [.. limit > 0 ? sorted.Take(limit) : sorted];
    }

    private sealed class Watch(Tsdb owner, Action<SeriesHandle, Labels> created) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock) owner._watchers.Remove(created);
        }
    }

    private sealed class Set((Labels Labels, (long Time, double Value)[] Samples)[] series) : SeriesSet
    {
        public override int Count => series.Length;

        public override Labels LabelsAt(int index) => series[index].Labels;

        public override SampleCursor Open(int index, SampleCursor? reuse = null) => new Cursor(series[index].Samples);

        public override void Dispose() { }
    }

    private sealed class Cursor((long Time, double Value)[] samples) : SampleCursor
    {
        private int _next;

        public override int Next(Span<long> timestamps, Span<double> values)
        {
            int count = Math.Min(timestamps.Length, samples.Length - _next);
            for (int i = 0; i < count; i++) (timestamps[i], values[i]) = samples[_next++];
            return count;
        }
    }
}
