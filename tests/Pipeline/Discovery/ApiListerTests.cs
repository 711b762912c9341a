using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Discovery.Apis;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Mechanisms that ask one API (reference D10, D20-D26, D32, D37), each against answers in the form that its API's description gives, with the whole label sets.</summary>
public sealed class ApiListerTests : IAsyncLifetime
{
    private readonly TestDiscovery _discovery = new();
    private FakeApi _api = null!;

    private string Root => "http://" + _api.Address;

    public async ValueTask InitializeAsync() => _api = await FakeApi.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _discovery.Dispose();
    }

    [Fact]
    public async Task PuppetDb()
    {
        _api["/base/pdb/query/v4"] = """
            [{"certname": "edinburgh.example.com", "resource": "49af83", "type": "Class", "title": "Node_exporter", "exported": false, "file": "/etc/site.pp", "environment": "prod", "tags": ["a", "b"],
              "parameters": {"port": 9100, "big": 1000000, "on": true, "names": ["x", 1, null], "none": [], "empty": "", "nil": null, "deep er": {"k.1": "v", "more": {"m": 0.5}}}}]
            """;
        var config = new PuppetDbSdConfig { Url = Root + "/base/", Query = "resources { type = \"Class\" }", IncludeParameters = true, Port = 9100 };
        Assert.Equal("""
            __address__=edinburgh.example.com:9100
            __meta_puppetdb_certname=edinburgh.example.com
            __meta_puppetdb_environment=prod
            __meta_puppetdb_exported=false
            __meta_puppetdb_file=/etc/site.pp
            __meta_puppetdb_parameter_big=1e+06
            __meta_puppetdb_parameter_deep_er_k_1=v
            __meta_puppetdb_parameter_deep_er_more_m=0.5
            __meta_puppetdb_parameter_names=x,1,
            __meta_puppetdb_parameter_on=true
            __meta_puppetdb_parameter_port=9100
            __meta_puppetdb_query=resources { type = "Class" }
            __meta_puppetdb_resource=49af83
            __meta_puppetdb_tags=,a,b,
            __meta_puppetdb_title=Node_exporter
            __meta_puppetdb_type=Class
            """, await ListAsync(new PuppetDbLister(config, Context)));
        Assert.Equal("""POST /base/pdb/query/v4 {"query":"resources { type = \u0022Class\u0022 }"}""", Assert.Single(_api.Asked));
        Assert.Equal("application/json", _api.Headers.ContentType.ToString());
        Assert.DoesNotContain("parameter", await ListAsync(new PuppetDbLister(config with { IncludeParameters = false }, Context)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nomad()
    {
        _api["/v1/services?namespace=default&region=global&stale="] = """[{"Namespace": "default", "Services": [{"ServiceName": "web", "Tags": ["a"]}]}]""";
        _api["/v1/service/web?namespace=default&region=global&stale="] = """
            [{"ID": "_nomad-task-1", "ServiceName": "web", "Namespace": "default", "NodeID": "d92f", "Datacenter": "dc1", "Tags": ["a", "b"], "Address": "127.0.0.1", "Port": 30456},
             {"ID": "2", "ServiceName": "web", "Namespace": "default", "NodeID": "e1", "Datacenter": "dc1", "Tags": [], "Address": "::1", "Port": 80}]
            """;
        Assert.Equal("""
            __address__=127.0.0.1:30456
            __meta_nomad_address=127.0.0.1
            __meta_nomad_dc=dc1
            __meta_nomad_namespace=default
            __meta_nomad_node_id=d92f
            __meta_nomad_service=web
            __meta_nomad_service_address=127.0.0.1
            __meta_nomad_service_id=_nomad-task-1
            __meta_nomad_service_port=30456
            __meta_nomad_tags=,a,b,

            __address__=[::1]:80
            __meta_nomad_address=::1
            __meta_nomad_dc=dc1
            __meta_nomad_namespace=default
            __meta_nomad_node_id=e1
            __meta_nomad_service=web
            __meta_nomad_service_address=::1
            __meta_nomad_service_id=2
            __meta_nomad_service_port=80
            """, await ListAsync(new NomadLister(new NomadSdConfig { Server = Root }, Context)));
        _api.Forget("/v1/service/web?namespace=default&region=global&stale=");
        await Assert.ThrowsAsync<HttpRequestException>(() => ListAsync(new NomadLister(new NomadSdConfig { Server = Root }, Context)));
        Assert.Equal(1, _discovery.ValueOf("prometheus_sd_nomad_failures_total"));
    }

    [Fact]
    public async Task Eureka()
    {
        _api["/eureka/apps"] = """
            <applications><versions__delta>1</versions__delta>
              <application><name>CONFIG</name>
                <instance>
                  <instanceId>i-1:config:8080</instanceId><hostName>config.example.com</hostName><app>CONFIG</app><ipAddr>10.0.0.1</ipAddr><status>UP</status>
                  <port enabled="true">8080</port><securePort enabled="false">443</securePort><countryId>1</countryId>
                  <dataCenterInfo class="x"><name>MyOwn</name><metadata><zone-id>z1</zone-id></metadata></dataCenterInfo>
                  <metadata class="y"><management.port>8090</management.port><odd>a&amp;b</odd></metadata>
                  <homePageUrl>http://config.example.com:8080/</homePageUrl><statusPageUrl>http://s</statusPageUrl><healthCheckUrl>http://h</healthCheckUrl>
                  <vipAddress>config</vipAddress><secureVipAddress>sconfig</secureVipAddress>
                </instance>
                <instance><hostName>bare</hostName></instance>
              </application>
            </applications>
            """;
        Assert.Equal("""
            __address__=config.example.com:8080
            __meta_eureka_app_instance_country_id=1
            __meta_eureka_app_instance_datacenterinfo_metadata_zone_id=z1
            __meta_eureka_app_instance_datacenterinfo_name=MyOwn
            __meta_eureka_app_instance_healthcheck_url=http://h
            __meta_eureka_app_instance_homepage_url=http://config.example.com:8080/
            __meta_eureka_app_instance_hostname=config.example.com
            __meta_eureka_app_instance_id=i-1:config:8080
            __meta_eureka_app_instance_ip_addr=10.0.0.1
            __meta_eureka_app_instance_metadata_management_port=8090
            __meta_eureka_app_instance_metadata_odd=a&amp;b
            __meta_eureka_app_instance_port=8080
            __meta_eureka_app_instance_port_enabled=true
            __meta_eureka_app_instance_secure_port=443
            __meta_eureka_app_instance_secure_port_enabled=false
            __meta_eureka_app_instance_secure_vip_address=sconfig
            __meta_eureka_app_instance_status=UP
            __meta_eureka_app_instance_statuspage_url=http://s
            __meta_eureka_app_instance_vip_address=config
            __meta_eureka_app_name=CONFIG
            instance=i-1:config:8080

            __address__=bare:80
            __meta_eureka_app_instance_country_id=0
            __meta_eureka_app_instance_hostname=bare
            __meta_eureka_app_name=CONFIG
            """, await ListAsync(new EurekaLister(new EurekaSdConfig { Server = Root + "/eureka" }, Context)));
        _api["/eureka/apps"] = "<applications><application>";
        await Assert.ThrowsAsync<FormatException>(() => ListAsync(new EurekaLister(new EurekaSdConfig { Server = Root + "/eureka" }, Context)));
        // A document that defines entities could grow beyond all bounds.
        _api["/eureka/apps"] = """<!DOCTYPE a [<!ENTITY b "c">]><applications>&b;</applications>""";
        await Assert.ThrowsAsync<FormatException>(() => ListAsync(new EurekaLister(new EurekaSdConfig { Server = Root + "/eureka" }, Context)));
    }

    [Fact]
    public async Task DigitalOcean_Droplets()
    {
        _api["/v2/droplets?page=1&per_page=100"] = """
            {"droplets": [{"id": 3164444, "name": "example.com", "status": "active", "size_slug": "s-1vcpu", "vpc_uuid": "f9b0", "features": ["backups", "ipv6"], "tags": [],
              "image": {"slug": "ubuntu-16-04-x64", "name": "16.04.6 x64"}, "region": {"slug": "nyc3"},
              "networks": {"v4": [{"ip_address": "10.128.192.124", "type": "private"}, {"ip_address": "192.241.165.154", "type": "public"}], "v6": [{"ip_address": "2604:a880::1", "type": "public"}]}},
              {"id": 1, "name": "without", "networks": {"v4": []}}],
             "links": {"pages": {"next": "https://api.digitalocean.com/v2/droplets?page=2", "last": "x"}}}
            """;
        _api["/v2/droplets?page=2&per_page=100"] = """{"droplets": [{"id": 2, "name": "two", "tags": ["a"], "networks": {"v4": [{"ip_address": "1.2.3.4", "type": "public"}]}}], "links": {"pages": {"prev": "x"}}}""";
        var config = new DigitalOceanSdConfig { Http = new HttpClientConfig { Authorization = new AuthorizationConfig { Credentials = new Secret("key") } } };
        Assert.Equal("""
            __address__=192.241.165.154:80
            __meta_digitalocean_droplet_id=3164444
            __meta_digitalocean_droplet_name=example.com
            __meta_digitalocean_features=,backups,ipv6,
            __meta_digitalocean_image=ubuntu-16-04-x64
            __meta_digitalocean_image_name=16.04.6 x64
            __meta_digitalocean_private_ipv4=10.128.192.124
            __meta_digitalocean_public_ipv4=192.241.165.154
            __meta_digitalocean_public_ipv6=2604:a880::1
            __meta_digitalocean_region=nyc3
            __meta_digitalocean_size=s-1vcpu
            __meta_digitalocean_status=active
            __meta_digitalocean_vpc=f9b0

            __address__=1.2.3.4:80
            __meta_digitalocean_droplet_id=2
            __meta_digitalocean_droplet_name=two
            __meta_digitalocean_public_ipv4=1.2.3.4
            __meta_digitalocean_tags=,a,
            """, await ListAsync(new DigitalOceanLister(config, Context, Root)));
        Assert.Equal("Bearer key", _api.Headers.Authorization.ToString());
    }

    [Fact]
    public async Task DigitalOcean_Databases()
    {
        _api["/v2/databases?page=1&per_page=100"] = """
            {"databases": [{"id": "9cc1", "name": "backend", "engine": "pg", "version": "14", "status": "online", "region": "nyc3", "size": "db-s-2vcpu", "num_nodes": 2, "tags": ["env:prod"],
              "connection": {"host": "out.example"}, "private_connection": {"host": "in.example"}}]}
            """;
        _api["/v2/databases?page=2&per_page=100"] = """{"databases": []}""";
        Assert.Equal("""
            __address__=in.example:9273
            __meta_digitalocean_db_engine=pg
            __meta_digitalocean_db_host=out.example
            __meta_digitalocean_db_id=9cc1
            __meta_digitalocean_db_name=backend
            __meta_digitalocean_db_num_nodes=2
            __meta_digitalocean_db_private_host=in.example
            __meta_digitalocean_db_region=nyc3
            __meta_digitalocean_db_size=db-s-2vcpu
            __meta_digitalocean_db_status=online
            __meta_digitalocean_db_tag_env:prod=true
            __meta_digitalocean_db_version=14
            """, await ListAsync(new DigitalOceanLister(new DigitalOceanSdConfig { Role = DigitalOceanRole.Databases, Port = 9273 }, Context, Root)));
    }

    [Fact]
    public async Task Hetzner_Robot()
    {
        _api["/server"] = """
            [{"server": {"server_ip": "123.123.123.123", "server_number": 321, "server_name": "server1", "product": "DS 3000", "dc": "NBG1-DC1", "status": "ready", "cancelled": true,
              "subnet": [{"ip": "10.0.0.0", "mask": "24"}, {"ip": "2a01:4f8:111:4221::", "mask": "64"}]}}]
            """;
        Assert.Equal("""
            __address__=123.123.123.123:80
            __meta_hetzner_datacenter=nbg1-dc1
            __meta_hetzner_public_ipv4=123.123.123.123
            __meta_hetzner_public_ipv6_network=2a01:4f8:111:4221::/64
            __meta_hetzner_robot_cancelled=true
            __meta_hetzner_robot_datacenter=nbg1-dc1
            __meta_hetzner_robot_product=DS 3000
            __meta_hetzner_role=robot
            __meta_hetzner_server_id=321
            __meta_hetzner_server_name=server1
            __meta_hetzner_server_status=ready
            """, await ListAsync(new HetznerLister(new HetznerSdConfig { Role = HetznerRole.Robot }, Context, Root)));
    }

    [Fact]
    public async Task Hetzner_Cloud()
    {
        _api["/servers?page=1&per_page=50&label_selector=env==prod"] = """
            {"servers": [{"id": 42, "name": "my-server", "status": "running", "labels": {"my-key": "my-value"},
              "public_net": {"ipv4": {"ip": "1.2.3.4"}, "ipv6": {"ip": "2001:db8::/64"}}, "private_net": [{"network": 4711, "ip": "10.0.0.2"}, {"network": 1, "ip": "10.9.9.9"}],
              "server_type": {"name": "cx11", "cores": 1, "cpu_type": "shared", "memory": 1.0, "disk": 25}, "location": {"name": "fsn1", "network_zone": "eu-central"},
              "image": {"name": "ubuntu-20.04", "description": "Ubuntu 20.04 Standard 64 bit", "os_flavor": "ubuntu", "os_version": "20.04"}}],
             "meta": {"pagination": {"page": 1, "next_page": 2}}}
            """;
        _api["/servers?page=2&per_page=50&label_selector=env==prod"] = """
            {"servers": [{"id": 43, "name": "v6", "status": "off", "public_net": {"ipv4": null, "ipv6": null}, "server_type": {"name": "cx21", "cores": 2, "memory": 4, "disk": 40}, "image": null,
              "datacenter": {"location": {"name": "nbg1", "network_zone": "eu-central"}}}], "meta": {"pagination": {"page": 2, "next_page": null}}}
            """;
        _api["/networks?page=1&per_page=50"] = """{"networks": [{"id": 4711, "name": "my net"}], "meta": {"pagination": {"next_page": null}}}""";
        Assert.Equal("""
            __address__=1.2.3.4:80
            __meta_hetzner_hcloud_cpu_cores=1
            __meta_hetzner_hcloud_cpu_type=shared
            __meta_hetzner_hcloud_datacenter_location=fsn1
            __meta_hetzner_hcloud_datacenter_location_network_zone=eu-central
            __meta_hetzner_hcloud_disk_size_gb=25
            __meta_hetzner_hcloud_image_description=Ubuntu 20.04 Standard 64 bit
            __meta_hetzner_hcloud_image_name=ubuntu-20.04
            __meta_hetzner_hcloud_image_os_flavor=ubuntu
            __meta_hetzner_hcloud_image_os_version=20.04
            __meta_hetzner_hcloud_label_my_key=my-value
            __meta_hetzner_hcloud_labelpresent_my_key=true
            __meta_hetzner_hcloud_location=fsn1
            __meta_hetzner_hcloud_location_network_zone=eu-central
            __meta_hetzner_hcloud_memory_size_gb=1
            __meta_hetzner_hcloud_private_ipv4_my_net=10.0.0.2
            __meta_hetzner_hcloud_server_type=cx11
            __meta_hetzner_public_ipv4=1.2.3.4
            __meta_hetzner_public_ipv6_network=2001:db8::/64
            __meta_hetzner_role=hcloud
            __meta_hetzner_server_id=42
            __meta_hetzner_server_name=my-server
            __meta_hetzner_server_status=running

            __address__=<nil>:80
            __meta_hetzner_hcloud_cpu_cores=2
            __meta_hetzner_hcloud_datacenter_location=nbg1
            __meta_hetzner_hcloud_datacenter_location_network_zone=eu-central
            __meta_hetzner_hcloud_disk_size_gb=40
            __meta_hetzner_hcloud_location=nbg1
            __meta_hetzner_hcloud_location_network_zone=eu-central
            __meta_hetzner_hcloud_memory_size_gb=4
            __meta_hetzner_hcloud_server_type=cx21
            __meta_hetzner_public_ipv4=<nil>
            __meta_hetzner_public_ipv6_network=<nil>
            __meta_hetzner_role=hcloud
            __meta_hetzner_server_id=43
            __meta_hetzner_server_name=v6
            __meta_hetzner_server_status=off
            """, await ListAsync(new HetznerLister(new HetznerSdConfig { Role = HetznerRole.Hcloud, LabelSelector = "env==prod" }, Context, Root)));
    }

    [Fact]
    public async Task Vultr()
    {
        _api["/v2/instances?per_page=100"] = """
            {"instances": [{"id": "dbdbd38c", "os": "CentOS 8", "ram": 2048, "disk": 55, "main_ip": "149.28.234.27", "vcpu_count": 1, "region": "atl", "plan": "vc2-1c-2gb", "allowed_bandwidth": 1024,
              "server_status": "ok", "v6_main_ip": "2001:19f0::1", "label": "my", "internal_ip": "10.1", "hostname": "h", "os_id": 362, "features": ["ipv6"], "tags": ["a", "b"]}],
             "meta": {"total": 2, "links": {"next": "WxY", "prev": ""}}}
            """;
        _api["/v2/instances?per_page=100&cursor=WxY"] = """{"instances": [], "meta": {"links": {"next": ""}}}""";
        Assert.Equal("""
            __address__=149.28.234.27:80
            __meta_vultr_instance_allowed_bandwidth_gb=1024
            __meta_vultr_instance_disk_gb=55
            __meta_vultr_instance_features=,ipv6,
            __meta_vultr_instance_hostname=h
            __meta_vultr_instance_id=dbdbd38c
            __meta_vultr_instance_internal_ip=10.1
            __meta_vultr_instance_label=my
            __meta_vultr_instance_main_ip=149.28.234.27
            __meta_vultr_instance_main_ipv6=2001:19f0::1
            __meta_vultr_instance_os=CentOS 8
            __meta_vultr_instance_os_id=362
            __meta_vultr_instance_plan=vc2-1c-2gb
            __meta_vultr_instance_ram_mb=2048
            __meta_vultr_instance_region=atl
            __meta_vultr_instance_server_status=ok
            __meta_vultr_instance_tags=,a,b,
            __meta_vultr_instance_vcpu_count=1
            """, await ListAsync(new VultrLister(new VultrSdConfig(), Context, Root)));
    }

    [Fact]
    public async Task PagesWithoutEnd_AreAnError()
    {
        _api["/v2/instances?per_page=100"] = _api["/v2/instances?per_page=100&cursor=x"] = """{"instances": [], "meta": {"links": {"next": "x"}}}""";
        var error = await Assert.ThrowsAsync<FormatException>(() => ListAsync(new VultrLister(new VultrSdConfig(), Context, Root)));
        Assert.Contains("1000 pages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ionos()
    {
        _api["/cloudapi/v6/datacenters/8feda5/servers?depth=3"] = """
            {"id": "8feda5/servers", "items": [
              {"id": "523415", "metadata": {"state": "AVAILABLE"},
               "properties": {"name": "prom", "availabilityZone": "AUTO", "vmState": "RUNNING", "cpuFamily": "INTEL", "type": "ENTERPRISE", "bootVolume": {"id": "v1"}, "bootCdrom": {"id": "c1"}},
               "entities": {"volumes": {"items": [{"properties": {"image": "img1"}}]},
                            "nics": {"items": [{"properties": {"name": "nic one", "ips": ["85.215.243.177"]}}, {"properties": {"ips": ["10.0.0.1", "10.0.0.2"]}}, {"properties": null}]}}},
              {"id": "bare", "properties": {"name": "no nic"}}]}
            """;
        Assert.Equal("""
            __address__=10.0.0.1:80
            __meta_ionos_server_availability_zone=AUTO
            __meta_ionos_server_boot_cdrom_id=c1
            __meta_ionos_server_boot_image_id=img1
            __meta_ionos_server_boot_volume_id=v1
            __meta_ionos_server_cpu_family=INTEL
            __meta_ionos_server_id=523415
            __meta_ionos_server_ip=,10.0.0.1,10.0.0.2,85.215.243.177,
            __meta_ionos_server_lifecycle=AVAILABLE
            __meta_ionos_server_name=prom
            __meta_ionos_server_nic_ip_nic_one=,85.215.243.177,
            __meta_ionos_server_nic_ip_unnamed=,10.0.0.1,10.0.0.2,
            __meta_ionos_server_servers_id=8feda5/servers
            __meta_ionos_server_state=RUNNING
            __meta_ionos_server_type=ENTERPRISE
            """, await ListAsync(new IonosLister(new IonosSdConfig { DatacenterId = "8feda5" }, Context, Root)));
    }

    [Fact]
    public async Task Linode()
    {
        SayLinode();
        var clock = new ManualTimeProvider();
        using var lister = new LinodeLister(new LinodeSdConfig(), _discovery.For(clock), Root);
        Assert.Equal("""
            __address__=45.33.82.151:80
            __meta_linode_backups=enabled
            __meta_linode_extra_ips=,45.33.82.152,
            __meta_linode_gpus=0
            __meta_linode_group=g
            __meta_linode_hypervisor=kvm
            __meta_linode_image=linode/arch
            __meta_linode_instance_id=26838044
            __meta_linode_instance_label=prom
            __meta_linode_ipv6_ranges=,2600:3c03:e000:123::/64,
            __meta_linode_private_ipv4=192.168.170.51
            __meta_linode_public_ipv4=45.33.82.151
            __meta_linode_public_ipv4_rdns=li1028-151.members.linode.com
            __meta_linode_public_ipv6=2600:3c03::f03c
            __meta_linode_region=us-east
            __meta_linode_specs_disk_bytes=85899345920
            __meta_linode_specs_memory_bytes=2147483648
            __meta_linode_specs_transfer_bytes=2097152000
            __meta_linode_specs_vcpus=1
            __meta_linode_status=running
            __meta_linode_tags=,monitoring,
            __meta_linode_type=g6-standard-2
            """, TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken)));

        // Without events nothing is listed again until the tenth turn; a token that may not read events lists each time.
        _api["/account/events?page=1&page_size=25"] = """{"data": [], "page": 1, "pages": 1}""";
        _api.Asked.Clear();
        for (int turn = 0; turn < 10; turn++) await lister.ListAsync(TestContext.Current.CancellationToken);
        Assert.Equal((10, 1), (_api.Asked.Count(a => a.Contains("events", StringComparison.Ordinal)), _api.Asked.Count(a => a.Contains("instances", StringComparison.Ordinal))));
        _api["/account/events?page=1&page_size=25"] = """{"data": [{"id": 1}], "page": 1, "pages": 1}""";
        await lister.ListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _api.Asked.Count(a => a.Contains("instances", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Linode_WithoutTheRightToEvents_ListsEachTime()
    {
        SayLinode();
        _api.Refuse("/account/events?page=1&page_size=25", 401);
        using var lister = new LinodeLister(new LinodeSdConfig { Region = "us-east" }, Context, Root);
        for (int turn = 0; turn < 3; turn++) await lister.ListAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 3), (_api.Asked.Count(a => a.Contains("events", StringComparison.Ordinal)), _api.Asked.Count(a => a.Contains("instances", StringComparison.Ordinal))));
        Assert.Equal("""{"region": "us-east"}""", _api.Headers["X-Filter"].ToString());
    }

    [Fact]
    public async Task Marathon()
    {
        _api["/v2/apps/?embed=apps.tasks"] = """
            {"apps": [
              {"id": "/defs", "labels": {"prom-etheus": "yes"}, "container": {"docker": {"image": "repo/image:tag"}}, "requirePorts": true,
               "portDefinitions": [{"labels": {"l": "1"}, "port": 31000}, {"port": 0}], "tasks": [{"id": "t1", "host": "mesos1", "ports": [1234, 5678]}]},
              {"id": "/net", "networks": [{"mode": "container"}], "container": {"portMappings": [{"labels": {"m": "x"}, "containerPort": 8080, "hostPort": 0}]},
               "tasks": [{"id": "t2", "host": "mesos2", "ports": [], "ipAddresses": [{"ipAddress": "1.2.3.4"}]}]},
              {"id": "/old", "container": {"docker": {"image": "i", "portMappings": [{"hostPort": 0, "containerPort": 80}]}}, "tasks": [{"id": "t3", "host": "mesos3", "ports": [31001]}]},
              {"id": "/plain", "tasks": [{"id": "t4", "host": "mesos4", "ports": [1, 2]}, {"id": "t5", "host": "mesos5", "ports": [1, 2]}]},
              {"id": "/none", "tasks": []}]}
            """;
        var shown = await ListAsync(new MarathonLister(new MarathonSdConfig { Servers = [Root], AuthToken = new Secret("hush") }, Context));
        Assert.Equal("token=hush", _api.Headers.Authorization.ToString());
        Assert.Equal("""
            __address__=mesos1:31000
            __meta_marathon_app=/defs
            __meta_marathon_app_label_prom_etheus=yes
            __meta_marathon_image=repo/image:tag
            __meta_marathon_port_definition_label_l=1
            __meta_marathon_port_index=0
            __meta_marathon_task=t1
            """, shown.Split("\n\n")[0]);
        Assert.Equal("""
            __address__=1.2.3.4:8080
            __meta_marathon_app=/net
            __meta_marathon_port_index=0
            __meta_marathon_port_mapping_label_m=x
            __meta_marathon_task=t2
            """, shown.Split("\n\n")[2]);
        Assert.Equal(["mesos1:31000", "mesos1:5678", "1.2.3.4:8080", "mesos3:31001", "mesos4:1", "mesos4:2", "mesos5:1", "mesos5:2"], shown.Split("\n\n").Select(t => t.Split('\n')[0]["__address__=".Length..]));
    }

    private DiscoveryContext Context => _discovery.For(TimeProvider.System);

    private static async Task<string> ListAsync(ITargetLister lister)
    {
        using (lister) return TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken));
    }

    private void SayLinode()
    {
        _api["/linode/instances?page=1&page_size=500"] = """
            {"data": [{"id": 26838044, "label": "prom", "group": "g", "status": "running", "type": "g6-standard-2", "ipv4": ["45.33.82.151", "45.33.82.152", "192.168.170.51"], "ipv6": "2600:3c03::f03c/64",
              "image": "linode/arch", "region": "us-east", "specs": {"disk": 81920, "memory": 2048, "vcpus": 1, "gpus": 0, "transfer": 2000}, "backups": {"enabled": true}, "hypervisor": "kvm", "tags": ["monitoring"]},
              {"id": 1, "ipv4": []}], "page": 1, "pages": 1}
            """;
        _api["/networking/ips?page=1&page_size=500"] = """
            {"data": [{"address": "45.33.82.151", "public": true, "rdns": "li1028-151.members.linode.com"}, {"address": "45.33.82.152", "public": true, "rdns": null}], "page": 1, "pages": 2}
            """;
        _api["/networking/ips?page=2&page_size=500"] = """{"data": [{"address": "192.168.170.51", "public": false, "rdns": null}, {"address": "2600:3c03::f03c", "public": true, "rdns": "null"}], "page": 2, "pages": 2}""";
        _api["/networking/ipv6/ranges?page=1&page_size=500"] = """{"data": [{"range": "2600:3c03:e000:123::", "prefix": 64, "route_target": "2600:3c03::f03c"}], "page": 1, "pages": 1}""";
    }
}
