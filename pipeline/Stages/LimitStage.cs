using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Admission of new series: at most so many active at a time, at most so many new ones an hour. A series is active as long as the head holds it; refused
/// ones are asked again after <see cref="Release"/> has found room. A series that the head holds already (after a restart or a reload) is active but not
/// new. Thread safe.
/// </summary>
/// <remarks><paramref name="behind"/>: the label stages after this one, which lead from the labels seen here to those that are stored.</remarks>
internal sealed class LimitStage(LimitStageConfig config, Tsdb store, TimeProvider time, Func<IEnumerable<ILabelStage>> behind) : ILabelStage
{
    // As many as a page shows.
    private const int MaxLately = 10;

    private readonly Lock _lock = new();
    private readonly LabelsBuilder _stored = new();
    private readonly Dictionary<ulong, Labels> _admitted = [];
    private readonly byte[][] _away = [.. config.Labels.Select(System.Text.Encoding.UTF8.GetBytes)];
    private long _hour;
    private long _newThisHour;
    private long _refused;
    private long _folded;

    // The latest refusals, for whoever asks what it is that does not fit.
    private readonly Queue<Labels> _lately = [];

    // What is stored of series whose labels were taken away.
    private readonly HashSet<Labels> _coarse = [];
    private bool _refusedSinceRelease;

    public long Active
    {
        get
        {
            lock (_lock) return _admitted.Count;
        }
    }

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Series that go on without their labels.</summary>
    public long Folded => Interlocked.Read(ref _folded);

    /// <summary>The latest series above the limit.</summary>
    public IReadOnlyList<Labels> Lately
    {
        get
        {
            lock (_lock) return [.. _lately];
        }
    }

    /// <summary>Whether many series may stand behind one that is stored.</summary>
    public bool IsCoarse(Labels stored)
    {
        lock (_lock) return _coarse.Contains(stored);
    }

    public DropReason Apply(LabelsBuilder labels)
    {
        lock (_lock)
        {
            var built = labels.Build();
            if (_admitted.ContainsKey(built.Hash)) return DropReason.None;
            bool isNew = !IsStored(built);
            if (HasRoom(isNew)) return Admit(built, isNew);
            _refusedSinceRelease = true;
            Remember(built);
            if (config.OnLimit != LimitAction.AggregateAway)
            {
                Interlocked.Increment(ref _refused);
                return DropReason.Limit;
            }
            // The coarser series that many now share is admitted above the limit: there are few of them, and losing it would lose the whole.
            foreach (byte[] name in _away) labels.Remove(name);
            Interlocked.Increment(ref _folded);
            var coarse = labels.Build();
            if (StoredOf(coarse) is { } stored) _coarse.Add(stored);
            return Admit(coarse, isNew);
        }
    }

    /// <summary>Forgets series that left the head; true when refused ones should be asked again.</summary>
    public bool Release()
    {
        lock (_lock)
        {
            int before = _admitted.Count;
            foreach (var (hash, labels) in _admitted)
            {
                if (!IsStored(labels)) _admitted.Remove(hash);
            }
            _coarse.RemoveWhere(stored => !store.TryFind(stored, out _));
            bool again = _refusedSinceRelease && (_admitted.Count < before || HourNow() != _hour);
            if (again) _refusedSinceRelease = false;
            return again;
        }
    }

    private bool HasRoom(bool isNew)
    {
        long hour = HourNow();
        if (hour != _hour) (_hour, _newThisHour) = (hour, 0);
        return (config.ActiveSeries == 0 || _admitted.Count < config.ActiveSeries) && (!isNew || config.NewSeriesPerHour == 0 || _newThisHour < config.NewSeriesPerHour);
    }

    private void Remember(Labels labels)
    {
        if (_lately.Count == MaxLately) _lately.Dequeue();
        _lately.Enqueue(labels);
    }

    private DropReason Admit(Labels labels, bool isNew)
    {
        if (_admitted.TryAdd(labels.Hash, labels) && isNew) _newThisHour++;
        return DropReason.None;
    }

    // Other limits are passed over: asking them would count.
    private Labels? StoredOf(Labels labels)
    {
        _stored.Reset(labels);
        foreach (var stage in behind())
        {
            if (stage is not LimitStage && stage.Apply(_stored) != DropReason.None) return null;
        }
        return _stored.Build();
    }

    private bool IsStored(Labels labels) => StoredOf(labels) is { } stored && store.TryFind(stored, out _);

    private long HourNow() => time.GetUtcNow().ToUnixTimeSeconds() / 3600;
}
