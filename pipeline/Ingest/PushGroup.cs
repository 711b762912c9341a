using Streamline.Pipeline.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>What was pushed under one grouping key. Guarded by its source's lock.</summary>
internal sealed class PushGroup(IReadOnlyList<KeyValuePair<string, string>> labels)
{
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; } = labels;

    /// <summary>Series by family, so that a POST replaces the families it brings and no others.</summary>
    public Dictionary<string, List<PushedSeries>> Families { get; } = new(StringComparer.Ordinal);

    public long PushedAtMs { get; set; }

    public long FailedAtMs { get; set; }

    public TimeSpan Ttl { get; set; }

    public SourceMetadata? Metadata { get; set; }

    public bool IsExpired(long nowMs) => Ttl > TimeSpan.Zero && nowMs - PushedAtMs >= Ttl.TotalMilliseconds;
}

/// <summary>One series of a group with its value; written again each interval so that it stays in sight of queries.</summary>
internal sealed class PushedSeries(Labels labels, double value)
{
    public Labels Labels { get; } = labels;

    public double Value { get; } = value;

    public SeriesHandle Handle { get; set; }
}
