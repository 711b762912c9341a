namespace Streamline.Pipeline.Exposition;

/// <summary>The formats that a target may answer in.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus text, version 0.0.4 (and 1.0.0, which adds quoted names).</summary>
    Text,

    /// <summary>OpenMetrics text, versions 0.0.1 and 1.0.0.</summary>
    OpenMetrics,

    /// <summary>MetricFamily messages of io.prometheus.client, each behind its length.</summary>
    Protobuf,
}
