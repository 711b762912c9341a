using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// Asks a mechanism for its targets each interval (<see cref="ITargetLister"/>: what most mechanisms are). A
/// listing that fails is logged and counted, and the targets of the one before stay; at the first time there are none, so that nobody waits for a dead server.
/// </summary>
internal sealed partial class PolledProvider(string mechanism, TimeSpan interval, Func<ITargetLister> open, DiscoveryContext context) : ITargetProvider
{
    private readonly ProviderProblems _problems = new(mechanism);

    public string? Problem => _problems.Line;

    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var stop = new CancellationTokenSource();
        _ = Task.Run(() => PollAsync(observer, stop.Token));
        return Disposable.Create(stop.Cancel);
    });

    private async Task PollAsync(IObserver<IReadOnlyList<TargetGroup>> observer, CancellationToken cancellation)
    {
        ITargetLister? lister = null;
        bool hasSpoken = false;
        try
        {
            while (true)
            {
                long began = context.Time.GetTimestamp();
                if (await TryListAsync(() => lister ??= open(), cancellation).ConfigureAwait(false) is { } groups) observer.OnNext(groups);
                else if (!hasSpoken) observer.OnNext([]);
                hasSpoken = true;
                // The pace is the interval's, however long a listing takes.
                var left = interval - context.Time.GetElapsedTime(began);
                if (left > TimeSpan.Zero) await Task.Delay(left, context.Time, cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            lister?.Dispose();
        }
    }

    // The edge of the loop: whatever a mechanism throws, the next turn tries again.
    private async Task<IReadOnlyList<TargetGroup>?> TryListAsync(Func<ITargetLister> lister, CancellationToken cancellation)
    {
        long began = context.Time.GetTimestamp();
        try
        {
            var groups = await lister().ListAsync(cancellation).ConfigureAwait(false);
            context.Metrics.Refreshed(mechanism, context.Config, context.Time.GetElapsedTime(began), failed: false);
            _problems.Worked("");
            return groups;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            context.Metrics.Refreshed(mechanism, context.Config, context.Time.GetElapsedTime(began), failed: true);
            _problems.Failed("", error.Message);
            LogFailed(context.Logger, mechanism, context.Config, error.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by {Mechanism} for {Job} keeps the targets it has: {Reason}")]
    private static partial void LogFailed(ILogger logger, string mechanism, string job, string reason);
}
