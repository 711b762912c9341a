using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Admission of new series: at most so many active at a time, at most so many new ones an hour. A series is active as long as the head holds it; refused
/// ones are asked again after <see cref="Release"/> has found room. Thread safe.
/// </summary>
internal sealed class LimitStage(LimitStageConfig config, Tsdb store, TimeProvider time) : ILabelStage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Labels> _admitted = [];
    private readonly byte[][] _away = [.. config.Labels.Select(System.Text.Encoding.UTF8.GetBytes)];
    private long _hour;
    private long _newThisHour;
    private long _refused;
    private bool _refusedSinceRelease;

    public long Active
    {
        get
        {
            lock (_lock) return _admitted.Count;
        }
    }

    public long Refused => Interlocked.Read(ref _refused);

    public DropReason Apply(LabelsBuilder labels)
    {
        lock (_lock)
        {
            var built = labels.Build();
            if (_admitted.ContainsKey(built.Hash)) return DropReason.None;
            if (HasRoom()) return Admit(built);
            _refusedSinceRelease = true;
            if (config.OnLimit != LimitAction.AggregateAway)
            {
                _refused++;
                return DropReason.Limit;
            }
            // The coarser series that many now share is admitted above the limit: there are few of them, and losing it would lose the whole.
            foreach (byte[] name in _away) labels.Remove(name);
            return Admit(labels.Build());
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
                if (!store.TryFind(labels, out _)) _admitted.Remove(hash);
            }
            bool again = _refusedSinceRelease && (_admitted.Count < before || HourNow() != _hour);
            if (again) _refusedSinceRelease = false;
            return again;
        }
    }

    private bool HasRoom()
    {
        long hour = HourNow();
        if (hour != _hour) (_hour, _newThisHour) = (hour, 0);
        return (config.ActiveSeries == 0 || _admitted.Count < config.ActiveSeries) && (config.NewSeriesPerHour == 0 || _newThisHour < config.NewSeriesPerHour);
    }

    private DropReason Admit(Labels labels)
    {
        if (_admitted.TryAdd(labels.Hash, labels)) _newThisHour++;
        return DropReason.None;
    }

    private long HourNow() => time.GetUtcNow().ToUnixTimeSeconds() / 3600;
}
