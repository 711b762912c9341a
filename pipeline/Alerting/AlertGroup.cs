using Streamline.Storage;

namespace Streamline.Pipeline.Alerting;

/// <summary>Alerts of one route with equal group labels, told together. Dispatcher thread only.</summary>
internal sealed class AlertGroup(Route route, Labels labels)
{
    public Route Route { get; } = route;

    public Labels Labels { get; } = labels;

    /// <summary>Alertmanager's group key: in webhooks, and the name under which notifications are remembered.</summary>
    public string Key { get; } = $"{route.Key}:{labels}";

    public Dictionary<Labels, AlertUpdate> Alerts { get; } = [];

    public long NextFlushMs { get; set; }

    public bool HasFlushed { get; set; }

    /// <summary>Notifications of the last flush still on their way.</summary>
    public int InFlight { get; set; }

    /// <summary>A flush came due while notifications were on their way: it follows them.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Whether all notifications of the flush in hand have gone well so far.</summary>
    public bool AllSent { get; set; }

    /// <summary>The alerts of the flush in hand.</summary>
    public IReadOnlyList<AlertUpdate> Flushed { get; set; } = [];
}
