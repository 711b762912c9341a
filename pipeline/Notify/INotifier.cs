namespace Streamline.Pipeline.Notify;

/// <summary>One integration of a receiver: brings a notification to the outside.</summary>
internal interface INotifier
{
    /// <summary>webhook, log, ...: the label of metrics.</summary>
    string Integration { get; }

    bool SendResolved { get; }

    /// <summary>Tries once. Never throws for what the other side does; cancellation gives a failure.</summary>
    Task<NotifyResult> SendAsync(Notification notification, CancellationToken cancellation);
}

/// <summary>How an attempt ended; a failure says whether another one may help.</summary>
internal readonly record struct NotifyResult(bool Ok, bool Retry, string Reason, string Error)
{
    public static readonly NotifyResult Sent = new(true, false, "", "");

    /// <summary>The reason is one of Alertmanager's: clientError, serverError, rateLimited, authError, contextDeadlineExceeded, other.</summary>
    public static NotifyResult Failed(bool retry, string reason, string error) => new(false, retry, reason, error);
}
