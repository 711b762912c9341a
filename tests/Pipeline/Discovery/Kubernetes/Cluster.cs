using System.Diagnostics.Metrics;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Kubernetes;

namespace Streamline.Pipeline.Tests.Discovery.Kubernetes;

/// <summary>A server and somebody who listens to the groups found in it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly Channel<IReadOnlyList<TargetGroup>> _seen = Channel.CreateUnbounded<IReadOnlyList<TargetGroup>>();
    private readonly List<IDisposable> _subscriptions = [];

    private Cluster(ApiServer server) => Server = server;

    public ApiServer Server { get; }

    public Meter Meter { get; } = new("test");

    /// <summary>Whom the last subscription listens to.</summary>
    public ITargetProvider? Provider { get; private set; }

    /// <summary>What was counted, by name and tags.</summary>
    public Dictionary<string, long> Counted { get; } = [];

    public static async Task<Cluster> StartAsync() => new Cluster(await ApiServer.StartAsync());

    public static KubernetesSdConfig Config(KubernetesRole role) => new() { Role = role };

    /// <summary>Begins to listen; the configuration gets the server's address unless it says where its server is.</summary>
    public IDisposable Subscribe(KubernetesSdConfig config, TimeProvider? time = null, ILogger? logger = null, PodEnvironment? pod = null)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == Meter) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => (string)tag.Value!)]);
            lock (Counted) Counted[name] = Counted.GetValueOrDefault(name) + value;
            Server.Signal.Pulse();
        });
        listener.Start();
        if (config.KubeconfigFile.Length == 0 && pod is null) config = config with { ApiServer = Server.Address };
        _subscriptions.Add(listener);
        Provider = Discovery(time, logger, pod).Open(config);
        return Listen(Provider);
    }

    public KubernetesDiscovery Discovery(TimeProvider? time = null, ILogger? logger = null, PodEnvironment? pod = null) => new(Meter, time ?? new QuickTime(), logger ?? NullLogger.Instance, pod);

    public IDisposable Listen(ITargetProvider provider)
    {
        var subscription = provider.Groups.Subscribe(groups => _seen.Writer.TryWrite(groups));
        _subscriptions.Add(subscription);
        return subscription;
    }

    /// <summary>The next list of groups.</summary>
    public async Task<IReadOnlyList<TargetGroup>> NextAsync() => await _seen.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The next list of groups that is as it should be.</summary>
    public async Task<IReadOnlyList<TargetGroup>> UntilAsync(Func<IReadOnlyList<TargetGroup>, bool> isRight)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        IReadOnlyList<TargetGroup> last = [];
        try
        {
            while (true)
            {
                last = await _seen.Reader.ReadAsync(patience.Token);
                if (isRight(last)) return last;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the last groups were: {string.Join("\n", last.Select(Text))}");
        }
    }

    public Task<IReadOnlyList<TargetGroup>> UntilSourcesAsync(params string[] sources) => UntilAsync(groups => groups.Select(g => g.Source).Order().SequenceEqual(sources.Order()));

    public bool HasMore => _seen.Reader.TryPeek(out _);

    /// <summary>
    /// A group as text: its source, then its labels, then each target on a line of its own with the address first. <c>~</c> stands for <c>__meta_kubernetes_</c>. Names in order.
    /// </summary>
    public static string Text(TargetGroup group)
    {
        var text = new StringBuilder(group.Source).Append('\n');
        foreach (var (name, value) in group.Labels.OrderBy(l => l.Key, StringComparer.Ordinal)) text.Append(Short(name)).Append('=').Append(value).Append('\n');
        foreach (var target in group.Targets.OrderBy(t => t["__address__"], StringComparer.Ordinal))
        {
            text.Append("- ").Append(target["__address__"]).Append('\n');
            foreach (var (name, value) in target.Where(l => l.Key != "__address__").OrderBy(l => l.Key, StringComparer.Ordinal)) text.Append("  ").Append(Short(name)).Append('=').Append(value).Append('\n');
        }
        return text.ToString().TrimEnd();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
        Meter.Dispose();
        await Server.DisposeAsync();
    }

    private static string Short(string name) => name.StartsWith("__meta_kubernetes_", StringComparison.Ordinal) ? "~" + name["__meta_kubernetes_".Length..] : name;
}
