using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Notify;

/// <summary>Prints one line per notification.</summary>
internal sealed partial class LogNotifier(bool sendResolved, ILogger logger) : INotifier
{
    public string Integration => "log";

    public bool SendResolved => sendResolved;

    public Task<NotifyResult> SendAsync(Notification notification, CancellationToken cancellation)
    {
        int firing = notification.Alerts.Count(a => !a.IsResolvedAt(notification.NowMs));
        string alerts = string.Join(" ", notification.Alerts.Take(MaxShown).Select(a => a.Labels.ToString()));
        if (notification.Alerts.Count > MaxShown) alerts += " ...";
        Notified(logger, notification.Receiver, notification.Status, firing, notification.Alerts.Count - firing, Notification.TextOf(notification.Reason), alerts);
        return Task.FromResult(NotifyResult.Sent);
    }

    private const int MaxShown = 10; // a line, not a page

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {Receiver} {Status}: {Firing} firing, {Resolved} resolved ({Reason}): {Alerts}")]
    private static partial void Notified(ILogger logger, string receiver, string status, int firing, int resolved, string reason, string alerts);
}
