using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Alerting;

/// <summary>What the dispatcher is joined to.</summary>
internal sealed record DispatcherSetup
{
    /// <summary>Folder of the notification log, <c>&lt;data&gt;/streamline/alerts</c>; null: kept in memory only.</summary>
    public string? JournalPath { get; init; }

    public required TimeProvider Time { get; init; }

    public required Meter Meter { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>In messages, where the receiver's reader can look.</summary>
    public string ExternalUrl { get; init; } = "";
}
