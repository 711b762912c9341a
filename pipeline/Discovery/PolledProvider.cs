using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// Asks a mechanism for its targets each interval (<see cref="ITargetLister"/>: what most mechanisms are). A
/// listing that fails is logged and counted, and the targets of the one before stay; at the first time there are none, so that nobody waits for a dead server.
/// </summary>
internal sealed partial class PolledProvider(string mechanism, TimeSpan interval, Func<ITargetLister> open, TimeProvider time, ILogger logger, DiscoveryMetrics metrics) : ITargetProvider
{
    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var stop = new CancellationTokenSource();
        _ = Task.Run(() => PollAsync(observer, stop.Token));
        return Disposable.Create(stop.Cancel);
    });

    private async Task PollAsync(IObserver<IReadOnlyList<TargetGroup>> observer, CancellationToken cancellation)
    {
        using var lister = open();
        bool hasSpoken = false;
        try
        {
            while (true)
            {
                if (await TryListAsync(lister, cancellation).ConfigureAwait(false) is { } groups) observer.OnNext(groups);
                else if (!hasSpoken) observer.OnNext([]);
                hasSpoken = true;
                await Task.Delay(interval, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // The edge of the loop: whatever a mechanism throws, the next turn tries again.
    private async Task<IReadOnlyList<TargetGroup>?> TryListAsync(ITargetLister lister, CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        try
        {
            var groups = await lister.ListAsync(cancellation).ConfigureAwait(false);
            metrics.Refreshed(mechanism, time.GetElapsedTime(began), failed: false);
            return groups;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            metrics.Refreshed(mechanism, time.GetElapsedTime(began), failed: true);
            LogFailed(logger, mechanism, error.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by {Mechanism} keeps the targets it has: {Reason}")]
    private static partial void LogFailed(ILogger logger, string mechanism, string reason);
}
