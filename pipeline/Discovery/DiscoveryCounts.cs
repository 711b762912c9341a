namespace Streamline.Pipeline.Discovery;

/// <summary>What discovery of one job has done so far.</summary>
internal sealed class DiscoveryCounts(DiscoveryMetrics metrics, string set, string config, int failedConfigs) : IDisposable
{
    private readonly KeyValuePair<string, object?> _set = new("name", set);
    private double _targets;
    private double _updatedSeconds;

    public string Set => set;

    /// <summary>Mechanisms of the job that could not be started.</summary>
    public int FailedConfigs => failedConfigs;

    public KeyValuePair<string, object?>[] Tags => [_set, new("config", config)];

    public double Targets => Volatile.Read(ref _targets);

    public double UpdatedSeconds => Volatile.Read(ref _updatedSeconds);

    public void Received(IReadOnlyList<TargetGroup> groups)
    {
        Volatile.Write(ref _targets, groups.Sum(group => group.Targets.Count));
        metrics.Received.Add(1, _set);
    }

    public void Sent(DateTimeOffset at)
    {
        Volatile.Write(ref _updatedSeconds, at.ToUnixTimeMilliseconds() / 1000.0);
        metrics.Sent.Add(1, _set);
    }

    public void Dispose() => metrics.End(this);
}
