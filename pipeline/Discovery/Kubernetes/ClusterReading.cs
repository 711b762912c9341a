using System.Reactive;
using System.Reactive.Subjects;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>
/// A cluster that is being read: one <see cref="ResourceWatch"/> for each kind and namespace. It has groups when all of them have listed; when something fails
/// before, it says once that there are none, so that nobody waits for a dead server. Thread safe.
/// </summary>
internal sealed partial class ClusterReading : IDisposable
{
    // A kubeconfig or a service account that is not there yet.
    private static readonly TimeSpan OpenPause = TimeSpan.FromSeconds(30);

    private readonly KubernetesSdConfig _config;
    private readonly PodEnvironment _pod;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KubernetesMetrics _metrics;
    private readonly ProviderProblems _problems;
    private readonly TargetRole _role;
    private readonly ClusterState _state;
    private readonly CancellationTokenSource _stop = new();
    private readonly Subject<Unit> _changes = new();
    private int _unlisted = int.MaxValue;
    private bool _hasSpoken;
    private bool _hasListed;

    public ClusterReading(KubernetesSdConfig config, PodEnvironment pod, TimeProvider time, ILogger logger, KubernetesMetrics metrics, ProviderProblems problems)
    {
        (_config, _pod, _time, _logger, _metrics, _problems) = (config, pod, time, logger, metrics, problems);
        _role = TargetRole.Of(config.Role!.Value, config.AttachMetadata);
        _state = new ClusterState(_role, metrics);
    }

    /// <summary>Says that there may be something to take.</summary>
    public IObservable<Unit> Changes => _changes;

    public void Start() => _ = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>All groups when they differ from what was said last, else null. One caller at a time.</summary>
    public IReadOnlyList<TargetGroup>? Take()
    {
        if (Volatile.Read(ref _unlisted) > 0)
        {
            if (_hasSpoken) return null;
            _hasSpoken = true;
            return [];
        }
        bool isFirst = !_hasListed;
        (_hasListed, _hasSpoken) = (true, true);
        return _state.TryTake(out var groups) || isFirst ? groups : null;
    }

    /// <summary>A whole list came in.</summary>
    public void Listed(ResourceScope scope, List<KubernetesObject> objects, bool isFirst)
    {
        _state.Replace(scope.Type.Kind, scope.Namespace, objects);
        // A first list that is not the last one is nothing to tell: it would use up the word that there are no targets.
        int unlisted = isFirst ? Interlocked.Decrement(ref _unlisted) : Volatile.Read(ref _unlisted);
        if (unlisted == 0) Signal();
    }

    /// <summary>A watch told of events.</summary>
    public void Changed(ResourceKind kind, IReadOnlyList<WatchEvent> events)
    {
        _state.Apply(kind, events);
        Signal();
    }

    /// <summary>A list or a watch was answered.</summary>
    public void Worked(string what) => _problems.Worked(what);

    /// <summary>A list or a watch failed.</summary>
    public void Failed(string what, string reason)
    {
        _problems.Failed(what, reason);
        _metrics.Failed();
        Signal();
    }

    public void Dispose() => _stop.Cancel();

    private void Signal() => _changes.OnNext(Unit.Default);

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            var connection = await OpenAsync(cancellation).ConfigureAwait(false);
            using var client = new KubernetesClient(connection, _time);
            var scopes = Scopes(connection).ToList();
            Volatile.Write(ref _unlisted, scopes.Count);
            await Task.WhenAll(scopes.Select(scope => new ResourceWatch(scope, client, this, _time, _logger).RunAsync(cancellation))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<Connection> OpenAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var connection = Connection.Open(_config, _pod);
                Worked("server");
                return connection;
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                LogNoConnection(_logger, error.Message);
                Failed("server", error.Message);
            }
            await Task.Delay(OpenPause, _time, cancellation).ConfigureAwait(false);
        }
    }

    private IEnumerable<ResourceScope> Scopes(Connection connection)
    {
        List<string> namespaces = [.. _config.Namespaces.Names];
        if (connection.OwnNamespace.Length > 0) namespaces.Add(connection.OwnNamespace);
        if (namespaces.Count == 0) namespaces.Add("");
        foreach (var type in _role.Kinds.Select(ResourceType.Of))
        {
            var selector = _config.Selectors.FirstOrDefault(s => s.Role is { } role && KindOf(role) == type.Kind);
            foreach (string name in type.IsNamespaced ? namespaces.Distinct() : [""]) yield return new ResourceScope(type, name, selector?.Label ?? "", selector?.Field ?? "");
        }
    }

    private static ResourceKind KindOf(KubernetesRole role) => role switch
    {
        KubernetesRole.Node => ResourceKind.Node,
        KubernetesRole.Service => ResourceKind.Service,
        KubernetesRole.Pod => ResourceKind.Pod,
        KubernetesRole.Endpoints => ResourceKind.Endpoints,
        KubernetesRole.EndpointSlice => ResourceKind.EndpointSlice,
        KubernetesRole.Ingress => ResourceKind.Ingress,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by kubernetes has no server: {Reason}")]
    private static partial void LogNoConnection(ILogger logger, string reason);
}
