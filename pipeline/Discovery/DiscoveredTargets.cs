using System.Reactive.Disposables;
using System.Reactive.Linq;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Apis;
using Streamline.Pipeline.Discovery.Aws;
using Streamline.Pipeline.Discovery.Consul;
using Streamline.Pipeline.Discovery.Dns;
using Streamline.Pipeline.Discovery.Docker;
using Streamline.Pipeline.Discovery.Kubernetes;

namespace Streamline.Pipeline.Discovery;

/// <summary>
/// All groups of a job over time: its mechanisms, merged, throttled, counted. The one place that knows every mechanism; equal configurations of several jobs run once.
/// </summary>
internal sealed class DiscoveredTargets(KubernetesDiscovery kubernetes)
{
    private readonly SharedProviders _shared = new();

    public DiscoveredGroups Of(DiscoveryConfig config, DiscoveryContext context)
    {
        var providers = Providers(config, context);
        return new DiscoveredGroups(providers, Observable.Create<IReadOnlyList<TargetGroup>>(observer =>
        {
            var counts = context.Metrics.Begin(context.Set, context.Config, config.Unbuilt.Count);
            var updates = ChangeSets.Merge(providers, context.Time).Do(counts.Received)
                .Throttled(ChangeSets.ShortestPeriod, ChangeSets.Period, context.Time).Do(_ => counts.Sent(context.Time.GetUtcNow()));
            return new CompositeDisposable(updates.SubscribeSafe(observer), counts);
        }));
    }

    private List<ITargetProvider> Providers(DiscoveryConfig config, DiscoveryContext context)
    {
        List<ITargetProvider> providers = [];
        if (config.StaticConfigs.Count > 0) providers.Add(new StaticProvider(config.StaticConfigs));
        providers.AddRange(config.FileSdConfigs.Select(c => _shared.Of(c, () => new FileProvider(c, context))));
        providers.AddRange(config.ConsulSdConfigs.Select(c => _shared.Of(c, () => new ConsulProvider(c, context))));
        providers.AddRange(config.KubernetesSdConfigs.Select(kubernetes.Open));
        providers.AddRange(Listed(config, context));
        return providers;
    }

    private IEnumerable<ITargetProvider> Listed(DiscoveryConfig config, DiscoveryContext context) =>
    [
        .. config.HttpSdConfigs.Select(c => Polled(c, "http", c.RefreshInterval, () => new HttpLister(c, context), context)),
        .. config.DnsSdConfigs.Select(c => Polled(c, "dns", c.RefreshInterval, () => new DnsLister(c, new DnsResolver(DnsResolver.SystemConf, context.Logger), context), context)),
        .. config.DockerSdConfigs.Select(c => Polled(c, "docker", c.RefreshInterval, () => new DockerLister(c, context), context)),
        .. config.DockerswarmSdConfigs.Select(c => Polled(c, "dockerswarm", c.RefreshInterval, () => new SwarmLister(c, context), context)),
        .. config.NomadSdConfigs.Select(c => Polled(c, "nomad", c.RefreshInterval, () => new NomadLister(c, context), context)),
        .. config.PuppetdbSdConfigs.Select(c => Polled(c, "puppetdb", c.RefreshInterval, () => new PuppetDbLister(c, context), context)),
        .. config.EurekaSdConfigs.Select(c => Polled(c, "eureka", c.RefreshInterval, () => new EurekaLister(c, context), context)),
        .. config.MarathonSdConfigs.Select(c => Polled(c, "marathon", c.RefreshInterval, () => new MarathonLister(c, context), context)),
        .. config.DigitaloceanSdConfigs.Select(c => Polled(c, "digitalocean", c.RefreshInterval, () => new DigitalOceanLister(c, context), context)),
        .. config.Ec2SdConfigs.Select(c => Polled(c, "ec2", c.RefreshInterval, () => new Ec2Lister(c, context), context)),
        .. config.GceSdConfigs.Select(c => Polled(c, "gce", c.RefreshInterval, () => new GceLister(c, context), context)),
        .. config.HetznerSdConfigs.Select(c => Polled(c, "hetzner", c.RefreshInterval, () => new HetznerLister(c, context), context)),
        .. config.IonosSdConfigs.Select(c => Polled(c, "ionos", c.RefreshInterval, () => new IonosLister(c, context), context)),
        .. config.LinodeSdConfigs.Select(c => Polled(c, "linode", c.RefreshInterval, () => new LinodeLister(c, context), context)),
        .. config.VultrSdConfigs.Select(c => Polled(c, "vultr", c.RefreshInterval, () => new VultrLister(c, context), context)),
    ];

    private ITargetProvider Polled(ConfigNode config, string mechanism, TimeSpan interval, Func<ITargetLister> open, DiscoveryContext context) =>
        _shared.Of(config, () => new PolledProvider(mechanism, interval, open, context));
}
