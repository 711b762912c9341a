namespace Streamline.Storage;

/// <summary>Whether a batch's samples may be taken out of order where <see cref="TsdbOptions.OutOfOrderWindowMs"/> allows it.</summary>
public enum LateSamples
{
    /// <summary>All may.</summary>
    Taken,

    /// <summary>All but stale markers: another source may have gone on with the series (Prometheus's scrapes).</summary>
    MarkersRefused,

    /// <summary>None may (Prometheus's rules).</summary>
    Refused,
}
