namespace Streamline.Pipeline;

/// <summary>What is given up as memory fills, in this order; each rung keeps those before it. Alert rules are given up nowhere.</summary>
public enum MemoryRung
{
    /// <summary>Nothing.</summary>
    Calm,

    /// <summary>From 75%: blocks are not compacted, and no decoded chunks are kept for queries. The head is still cut, which frees memory.</summary>
    CompactionWaits,

    /// <summary>From 85%: recording rules are evaluated at every fourth slot.</summary>
    RecordingSlows,

    /// <summary>From 92%: pushes, remote write and OTLP are answered 503 with Retry-After.</summary>
    PushesRefused,

    /// <summary>From 97%: scrapes of low priority are left out, and every second one of normal priority.</summary>
    ScrapesSkipped,
}
