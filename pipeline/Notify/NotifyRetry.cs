namespace Streamline.Pipeline.Notify;

/// <summary>Tries a notification until it is sent, refused for good, or out of time: 500 ms, times 1.5 each time, half of it at random, at most a minute.</summary>
internal static class NotifyRetry
{
    private const double FirstDelayMs = 500;
    private const double Growth = 1.5;
    private const double LongestDelayMs = 60_000;

    public static async Task<(NotifyResult Result, int Attempts)> SendAsync(INotifier notifier, Notification notification, TimeSpan limit, TimeProvider time, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        double delayMs = FirstDelayMs;
        for (int attempt = 1; ; attempt++)
        {
            NotifyResult result = await notifier.SendAsync(notification, either.Token);
            if (result.Ok || !result.Retry || either.IsCancellationRequested) return (result, attempt);
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(delayMs * (0.5 + Random.Shared.NextDouble())), time, either.Token);
            }
            catch (OperationCanceledException)
            {
                return (result, attempt);
            }
            delayMs = Math.Min(delayMs * Growth, LongestDelayMs);
        }
    }
}
