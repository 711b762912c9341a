using Streamline.Pipeline.Alerting;
using Streamline.Storage;

namespace Streamline.Pipeline.Notify;

/// <summary>Why a group is told; the texts are Alertmanager's.</summary>
internal enum NotificationReason
{
    /// <summary>Nothing to tell.</summary>
    None,
    First,
    NewAlerts,
    SomeResolved,
    AllResolved,
    Repeat,
}

/// <summary>One message about one group for one receiver. Immutable.</summary>
internal sealed record Notification(
    string Receiver,
    string GroupKey,
    Labels GroupLabels,
    IReadOnlyDictionary<string, string> RouteLabels,
    IReadOnlyList<AlertUpdate> Alerts,
    NotificationReason Reason,
    string ExternalUrl,
    long NowMs)
{
    /// <summary>firing when any alert fires.</summary>
    public string Status => Alerts.Any(a => !a.IsResolvedAt(NowMs)) ? "firing" : "resolved";

    public static string TextOf(NotificationReason reason) => reason switch
    {
        NotificationReason.None => "none",
        NotificationReason.First => "first notification",
        NotificationReason.NewAlerts => "new alerts added",
        NotificationReason.SomeResolved => "some alerts resolved",
        NotificationReason.AllResolved => "all alerts resolved",
        NotificationReason.Repeat => "repeat interval elapsed",
    };
}
