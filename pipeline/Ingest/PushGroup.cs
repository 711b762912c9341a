using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>What was pushed under one grouping key. Guarded by its source's lock.</summary>
internal sealed class PushGroup(IReadOnlyList<KeyValuePair<string, string>> labels)
{
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; } = labels;

    /// <summary>Series by family, so that a POST replaces the families it brings and no others.</summary>
    public Dictionary<string, List<PushedSeries>> Families { get; } = new(StringComparer.Ordinal);

    /// <summary>The receiver's own series about the group.</summary>
    public PushedSeries PushTime { get; } = Own(labels, "push_time_seconds");

    public PushedSeries FailureTime { get; } = Own(labels, "push_failure_time_seconds");

    public long PushedAtMs { get; private set; }

    public TimeSpan Ttl { get; set; }

    public SourceMetadata? Metadata { get; set; }

    public bool IsExpired(long nowMs) => Ttl > TimeSpan.Zero && nowMs - PushedAtMs >= Ttl.TotalMilliseconds;

    public void Pushed(long nowMs)
    {
        PushedAtMs = nowMs;
        PushTime.Value = nowMs / 1000.0;
    }

    public void Failed(long nowMs) => FailureTime.Value = nowMs / 1000.0;

    private static PushedSeries Own(IReadOnlyList<KeyValuePair<string, string>> group, string name) =>
        new(Storage.Labels.Of([("__name__", name), .. group.Select(l => (l.Key, l.Value))]), 0);
}

/// <summary>One series of a group with its value; written again each interval so that it stays in sight of queries.</summary>
internal sealed class PushedSeries(Labels labels, double value)
{
    public Labels Labels { get; } = labels;

    public double Value { get; set; } = value;

    /// <summary>None while the stages drop the series.</summary>
    public SeriesHandle Handle { get; set; }

    public DropReason Dropped { get; set; }

    /// <summary>Of the router that gave the route.</summary>
    public int Generation { get; set; }

    /// <summary>Takes over the route of the series that stood here before.</summary>
    public void Follow(PushedSeries before) => (Handle, Dropped, Generation) = (before.Handle, before.Dropped, before.Generation);
}
