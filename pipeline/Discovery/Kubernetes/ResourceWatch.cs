using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// Keeps one kind of object of one namespace up to date: 1. lists all of them in pages, 2. watches from the version of the list, from where the last watch ended when one
/// ends, 3. lists again when the server no longer knows that version. What is known stays while the server cannot be reached.
/// </summary>
internal sealed partial class ResourceWatch(ResourceScope scope, KubernetesClient client, ClusterReading reading, TimeProvider time, ILogger logger)
{
    // As kubectl and the clients of Kubernetes.
    private const int PageObjects = 500;
    private const int MinPause = 1, MaxPause = 30;

    // A watch that ends sooner without a word is a fault of the server or of something between.
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly string _name = scope.ToString();
    private int _limit = PageObjects;
    private string _version = "";
    private int _failures;
    private bool _hasListed;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            if (await TryStepAsync(cancellation).ConfigureAwait(false)) continue;
            // Half of it is chance, so that the clients of a server that was away do not all come back at once.
            double pause = Math.Min(MaxPause, MinPause * Math.Pow(2, Math.Min(_failures - 1, 10))) * (1 - Random.Shared.NextDouble() / 2);
            await Task.Delay(TimeSpan.FromSeconds(pause), time, cancellation).ConfigureAwait(false);
        }
    }

    // The edge of the loop: whatever goes wrong is told and tried again.
    private async Task<bool> TryStepAsync(CancellationToken cancellation)
    {
        try
        {
            if (_version.Length == 0) await ListAsync(cancellation).ConfigureAwait(false);
            await WatchAsync(cancellation).ConfigureAwait(false);
            _failures = 0;
            reading.Worked(_name);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (PageTooLargeException) when (_limit > 1)
        {
            _limit /= 4;
            return true;
        }
        catch (Exception error)
        {
            if (error is ApiException { IsExpired: true }) _version = "";
            _failures++;
            string reason = error is OperationCanceledException ? "the watch did not end when it should have" : error.Message;
            LogFailed(logger, _name, reason);
            reading.Failed(_name, reason);
            return false;
        }
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var objects = new List<KubernetesObject>();
        string version, next = "";
        do
        {
            // All pages are of the version of the first one.
            var page = await client.ListAsync(scope, _limit, next, objects, cancellation).ConfigureAwait(false);
            (version, next) = (page.ResourceVersion, page.Continue);
        }
        while (next.Length > 0);
        _version = version;
        reading.Worked(_name);
        reading.Listed(scope, objects, isFirst: !_hasListed);
        _hasListed = true;
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        long began = time.GetTimestamp();
        bool hasSpoken = false;
        await foreach (var events in client.WatchAsync(scope, _version, cancellation).ConfigureAwait(false))
        {
            reading.Worked(_name);
            if (events.Count == 0) continue;
            (hasSpoken, _failures) = (true, 0);
            if (events[^1].Object.Metadata.ResourceVersion is { Length: > 0 } version) _version = version;
            reading.Changed(scope.Type.Kind, events);
        }
        if (!hasSpoken && time.GetElapsedTime(began) < ShortWatch) throw new IOException($"watch {scope}: it ended at once");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by kubernetes keeps the {Scope} it knows: {Reason}")]
    private static partial void LogFailed(ILogger logger, string scope, string reason);
}
