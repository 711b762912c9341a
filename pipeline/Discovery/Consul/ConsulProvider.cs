using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Consul;

/// <summary>
/// Targets from Consul (reference D8). 1. The datacenter's name is asked for. 2. The catalog is watched, unless the configuration names all services.
/// 3. Each service has a watch of its own; what it tells replaces the service's group. A failed question is asked again later and changes nothing.
/// </summary>
internal sealed partial class ConsulProvider(ConsulSdConfig config, DiscoveryContext context) : ITargetProvider
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(15);

    private readonly ProviderProblems _problems = new("consul");

    public string? Problem => _problems.Line;

    public IObservable<IReadOnlyList<TargetGroup>> Groups => Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
    {
        var stop = new CancellationTokenSource();
        var watch = new Watch(config, context, _problems, observer, stop.Token);
        _ = Task.Run(watch.RunAsync);
        return Disposable.Create(stop.Cancel);
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by consul for {Job} keeps the targets it has: {What}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string job, string what, string reason);

    /// <summary>What one subscription watches.</summary>
    private sealed class Watch(ConsulSdConfig config, DiscoveryContext context, ProviderProblems problems, IObserver<IReadOnlyList<TargetGroup>> observer, CancellationToken stop)
    {
        // Groups, and the order in which they are told.
        private readonly Lock _lock = new();
        private readonly SortedDictionary<string, TargetGroup> _groups = new(StringComparer.Ordinal);

        // Of the catalog's watch alone.
        private readonly Dictionary<string, (CancellationTokenSource Stop, Task Ended)> _services = new(StringComparer.Ordinal);

        public async Task RunAsync()
        {
            using var client = new ConsulClient(config, context);
            try
            {
                string datacenter = config.Datacenter;
                await RepeatAsync("datacenter", TimeSpan.Zero, async () => datacenter.Length > 0 || (datacenter = await client.DatacenterAsync(stop).ConfigureAwait(false)).Length > 0, stop).ConfigureAwait(false);
                if (config.Services.Count > 0 && config.Tags.Count == 0 && config.Filter.Length == 0)
                {
                    await Task.WhenAll(config.Services.Distinct().Select(service => WatchServiceAsync(client, service, datacenter, stop))).ConfigureAwait(false);
                    return;
                }
                ulong index = 0;
                await RepeatAsync("catalog", config.RefreshInterval, async () =>
                {
                    index = await ReadCatalogAsync(client, index, datacenter).ConfigureAwait(false);
                    return false;
                }, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
            }
            finally
            {
                await Task.WhenAll(_services.Values.Select(service => service.Ended)).ConfigureAwait(false);
                foreach (var (cancel, _) in _services.Values) cancel.Dispose();
            }
        }

        private async Task<ulong> ReadCatalogAsync(ConsulClient client, ulong index, string datacenter)
        {
            using var answer = await client.ServicesAsync(index, stop).ConfigureAwait(false);
            if (answer.Index == index) return index;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var service in answer.Body.RootElement.Members())
            {
                names.Add(service.Name);
                if (!_services.ContainsKey(service.Name) && IsWanted(service.Name, service.Value.Texts())) Begin(client, service.Name, datacenter);
            }
            foreach (string gone in _services.Keys.Where(name => !names.Contains(name)).ToList()) await EndAsync(gone).ConfigureAwait(false);
            if (_services.Count == 0) Tell(_ => { });
            return NextIndex(index, answer.Index);
        }

        // Tags of services that are named by hand are Consul's to judge, instance by instance; here they keep us from watching everything.
        private bool IsWanted(string name, IEnumerable<string> tags) =>
            (config.Services.Count == 0 || config.Services.Contains(name)) && (config.Tags.Count == 0 || config.Tags.All(tags.ToHashSet().Contains));

        private void Begin(ConsulClient client, string name, string datacenter)
        {
            var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
            _services[name] = (cancel, WatchServiceAsync(client, name, datacenter, cancel.Token));
        }

        private async Task EndAsync(string name)
        {
            _services.Remove(name, out var service);
            await service.Stop.CancelAsync().ConfigureAwait(false);
            await service.Ended.ConfigureAwait(false);
            service.Stop.Dispose();
            problems.Worked(name);
            Tell(groups => groups.Remove(name));
        }

        private async Task WatchServiceAsync(ConsulClient client, string name, string datacenter, CancellationToken cancellation)
        {
            ulong index = 0;
            try
            {
                await RepeatAsync(name, config.RefreshInterval, async () =>
                {
                    using var answer = await client.InstancesAsync(name, index, cancellation).ConfigureAwait(false);
                    if (answer.Index == index) return false;
                    var group = ConsulTargets.GroupOf(name, datacenter, answer.Body.RootElement, config.TagSeparator);
                    index = NextIndex(index, answer.Index);
                    Tell(groups => groups[name] = group);
                    return false;
                }, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
            }
        }

        // The edge of the loops: whatever a question ends in, it is asked again; at most once an interval. True ends the loop.
        private async Task RepeatAsync(string what, TimeSpan interval, Func<Task<bool>> ask, CancellationToken cancellation)
        {
            while (true)
            {
                long began = context.Time.GetTimestamp();
                var pause = interval;
                try
                {
                    bool isDone = await ask().ConfigureAwait(false);
                    problems.Worked(what);
                    if (isDone) return;
                }
                catch (Exception error) when (!cancellation.IsCancellationRequested)
                {
                    context.Metrics.ConsulFailures.Add(1);
                    problems.Failed(what, error.Message);
                    LogFailed(context.Logger, context.Config, what, error.Message);
                    pause = pause > RetryPause ? pause : RetryPause;
                }
                var left = pause - context.Time.GetElapsedTime(began);
                if (left > TimeSpan.Zero) await Task.Delay(left, context.Time, cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }
        }

        // Consul's rule: an index that went back means that its server began anew, and so do we.
        private static ulong NextIndex(ulong before, ulong now) => now < before ? 0 : now;

        private void Tell(Action<SortedDictionary<string, TargetGroup>> change)
        {
            lock (_lock)
            {
                change(_groups);
                if (!stop.IsCancellationRequested) observer.OnNext([.. _groups.Values]);
            }
        }
    }
}
