namespace Streamline.Pipeline.Tests.Exposition;

/// <summary>What is to become of a body.</summary>
internal enum OpenMetricsVerdict
{
    /// <summary>The specification allows it.</summary>
    Good,

    /// <summary>It is refused, with its line.</summary>
    Bad,

    /// <summary>The specification forbids it; Prometheus takes it all the same, and so do we.</summary>
    Taken,

    /// <summary>The same, but Prometheus 2.42 still refused it.</summary>
    TakenLater,
}
