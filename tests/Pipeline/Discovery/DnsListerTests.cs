using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Dns;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by DNS against dnsmasq (reference D7).</summary>
public sealed class DnsListerTests : IAsyncLifetime
{
    private const int ManyAddresses = 60;

    private static readonly string[] Zone =
    [
        "--local=/example.test/",
        "--edns-packet-max=512",
        "--host-record=host1.example.test,192.0.2.1,2001:db8::1",
        "--host-record=host2.example.test,192.0.2.2",
        "--cname=alias.example.test,host1.example.test",
        "--srv-host=_metrics._tcp.example.test,host1.example.test,9100,10,5",
        "--srv-host=_metrics._tcp.example.test,host2.example.test,9101,20,5",
        "--mx-host=example.test,mail.example.test,10",
        // NS ns1.example.test, which dnsmasq serves as a record of any type.
        "--dns-rr=example.test,2,036e7331076578616d706c65047465737400",
        .. Enumerable.Range(0, ManyAddresses).Select(i => $"--address=/many.test/198.51.100.{i}"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-dns-").FullName;
    private readonly TestDiscovery _discovery = new();
    private Dnsmasq _server = null!;

    private string ResolvConfPath => Path.Combine(_folder, "resolv.conf");

    public async ValueTask InitializeAsync()
    {
        _server = await Dnsmasq.StartAsync(Zone);
        Servers("nameserver 127.0.0.1");
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _discovery.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("SRV", "_metrics._tcp.example.test", 0, "host1.example.test:9100 name=_metrics._tcp.example.test srv_record_port=9100 srv_record_target=host1.example.test. | host2.example.test:9101 name=_metrics._tcp.example.test srv_record_port=9101 srv_record_target=host2.example.test.")]
    [InlineData("A", "host1.example.test", 80, "192.0.2.1:80 name=host1.example.test")]
    [InlineData("A", "alias.example.test", 80, "192.0.2.1:80 name=alias.example.test")]
    [InlineData("AAAA", "host1.example.test", 80, "[2001:db8::1]:80 name=host1.example.test")]
    [InlineData("AAAA", "host2.example.test", 80, "")]
    [InlineData("MX", "example.test", 25, "mail.example.test:25 mx_record_target=mail.example.test. name=example.test")]
    [InlineData("NS", "example.test", 53, "ns1.example.test:53 name=example.test ns_record_target=ns1.example.test.")]
    [InlineData("A", "nobody.example.test", 80, "")]
    public async Task Records_BecomeTargets(string type, string name, int port, string expected)
    {
        Assert.Equal(expected, await ListedAsync(Lister(type, port, name)));
        Assert.Equal((1, null), (_discovery.ValueOf("prometheus_sd_dns_lookups_total"), _discovery.ValueOf("prometheus_sd_dns_lookup_failures_total")));
    }

    [Fact]
    public async Task LongAnswer_ComesByTcp()
    {
        var targets = (await ListedAsync(Lister("A", 80, "many.test"))).Split(" | ");
        Assert.Equal(ManyAddresses, targets.Distinct().Count());
        Assert.Contains("198.51.100.59:80 name=many.test", targets);
    }

    [Fact]
    public async Task SearchList_IsTried()
    {
        Servers("search nowhere.example.test example.test\nnameserver 127.0.0.1");
        Assert.Equal("192.0.2.2:80 name=host2", await ListedAsync(Lister("A", 80, "host2")));
    }

    [Fact]
    public async Task DeadServer_TheNextOneIsAsked()
    {
        Servers("nameserver 127.0.0.2\nnameserver not-an-address\nnameserver 127.0.0.1");
        Assert.Equal("192.0.2.2:80 name=host2.example.test", await ListedAsync(Lister("A", 80, "host2.example.test")));
    }

    // dnsmasq refuses what is neither its own nor somebody else's: nothing is known of the name then.
    [Fact]
    public async Task NameNobodyKnowsAbout_KeepsItsTargets_OthersGoOn()
    {
        var lister = Lister("A", 80, "host1.example.test", "host2.example.test");
        await ListedAsync(lister);
        Servers("# gone");
        Assert.Equal("192.0.2.1:80 name=host1.example.test | 192.0.2.2:80 name=host2.example.test", await ListedAsync(lister));
        Assert.Equal(2, _discovery.ValueOf("prometheus_sd_dns_lookup_failures_total"));
        Servers("nameserver 127.0.0.1");
        Assert.Equal("192.0.2.1:80 name=host1.example.test", await ListedAsync(Lister("A", 80, "host1.example.test", "www.elsewhere.test", "label-that-is-longer-than-any-may-be-which-is-sixty-three-characters.test")));
        Assert.Equal(4, _discovery.ValueOf("prometheus_sd_dns_lookup_failures_total"));
    }

    [Fact]
    public async Task RefusedName_IsNotTheSameAsNone()
    {
        var resolver = new DnsResolver(ResolvConfPath, NullLogger.Instance, _server.Port);
        Assert.Empty(await resolver.LookUpAsync("none.example.test", QueryType.A, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<DnsResponseException>(() => resolver.LookUpAsync("none.elsewhere.test", QueryType.A, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("search a.test b.test", "h", "h.a.test. h.b.test. h.")]
    [InlineData("search a.test b.test", "h.x", "h.x. h.x.a.test. h.x.b.test.")]
    [InlineData("search a.test\noptions rotate ndots:3", "h.x", "h.x.a.test. h.x.")]
    [InlineData("domain a.test", "h", "h.a.test. h.")]
    [InlineData("search a.test\ndomain b.test", "h", "h.b.test. h.")]
    [InlineData("search a.test", "h.", "h.")]
    [InlineData("search .", "h", "h.")]
    [InlineData("; nothing\n# else", "h", "h.")]
    [InlineData("options ndots:99\nsearch a.test", "a.b.c", "a.b.c.a.test. a.b.c.")]
    public void Names_AreTriedInOrder(string conf, string name, string expected)
    {
        Servers(conf);
        Assert.Equal(expected, string.Join(' ', ResolvConf.Read(ResolvConfPath).NamesFor(name)));
    }

    private DnsLister Lister(string type, int port, params string[] names)
    {
        var config = new DnsSdConfig { Names = names, Type = Enum.Parse<DnsRecordType>(type, ignoreCase: true), Port = port };
        return new DnsLister(config, new DnsResolver(ResolvConfPath, NullLogger.Instance, _server.Port), _discovery.For(new ManualTimeProvider()));
    }

    private static async Task<string> ListedAsync(DnsLister lister)
    {
        var groups = await lister.ListAsync(TestContext.Current.CancellationToken);
        var targets = groups.SelectMany(g => g.Targets.Select(t => t["__address__"] + " " + string.Join(' ', t.Where(l => l.Key != "__address__").OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key["__meta_dns_".Length..]}={l.Value}"))));
        return string.Join(" | ", targets.Order(StringComparer.Ordinal));
    }

    private void Servers(string conf) => File.WriteAllText(ResolvConfPath, conf + "\n");
}
