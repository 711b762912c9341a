using Amazon.EC2;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Aws;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by EC2 (reference D13) against answers in the form that AWS's API reference gives.</summary>
public sealed class Ec2ListerTests : IAsyncLifetime
{
    private const string Instances = """
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId><ownerId>123456789012</ownerId><instancesSet>
          <item>
            <instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>running</name></instanceState><privateDnsName>ip-10-0-0-1.ec2.internal</privateDnsName>
            <dnsName>ec2-1-2-3-4.compute.amazonaws.com</dnsName><instanceType>c4.xlarge</instanceType><placement><availabilityZone>eu-west-1a</availabilityZone></placement><platform>windows</platform>
            <subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>1.2.3.4</ipAddress><architecture>x86_64</architecture><instanceLifecycle>spot</instanceLifecycle>
            <tagSet><item><key>aws:Name</key><value>web</value></item></tagSet>
            <networkInterfaceSet>
              <item><subnetId>subnet-1</subnetId><attachment><deviceIndex>1</deviceIndex></attachment><ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address><isPrimaryIpv6>true</isPrimaryIpv6></item><item><ipv6Address>2001:db8::2</ipv6Address><isPrimaryIpv6>false</isPrimaryIpv6></item></ipv6AddressesSet></item>
              <item><subnetId>subnet-2</subnetId></item><item><subnetId>subnet-1</subnetId></item>
            </networkInterfaceSet>
          </item>
          <item><instanceId>i-2</instanceId><imageId>ami-2</imageId><instanceState><name>terminated</name></instanceState><placement><availabilityZone>eu-west-1b</availabilityZone></placement></item>
        </instancesSet></item></reservationSet><nextToken>more</nextToken></DescribeInstancesResponse>
        """;

    private const string Rest = """
        <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>
          <item><instanceId>i-3</instanceId><imageId>ami-3</imageId><instanceState><name>running</name></instanceState><placement><availabilityZone>eu-west-1b</availabilityZone></placement><vpcId>vpc-1</vpcId><subnetId>subnet-3</subnetId>
            <networkInterfaceSet><item><subnetId>subnet-3</subnetId><ipv6AddressesSet><item><ipv6Address>2001:db8::3</ipv6Address></item></ipv6AddressesSet></item></networkInterfaceSet></item>
        </instancesSet></item></reservationSet></DescribeInstancesResponse>
        """;

    private const string Zones = """
        <DescribeAvailabilityZonesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><availabilityZoneInfo><item><zoneName>eu-west-1a</zoneName><zoneId>euw1-az2</zoneId></item></availabilityZoneInfo></DescribeAvailabilityZonesResponse>
        """;

    private readonly TestDiscovery _discovery = new();
    private FakeApi _aws = null!;

    private Ec2SdConfig Config => new() { Region = "eu-west-1", Endpoint = "http://" + _aws.Address, AccessKey = "AKID", SecretKey = new Secret("hush"), Port = 9100 };

    public async ValueTask InitializeAsync()
    {
        _aws = await FakeApi.StartAsync();
        _aws["/#Action=DescribeAvailabilityZones"] = Zones;
        _aws["/#NextToken=more"] = Rest;
        _aws["/#Action=DescribeInstances"] = Instances;
    }

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        _discovery.Dispose();
    }

    [Fact]
    public async Task Instances_BecomeTargets()
    {
        Assert.Equal("""
            __address__=10.0.0.1:9100
            __meta_ec2_ami=ami-1
            __meta_ec2_architecture=x86_64
            __meta_ec2_availability_zone=eu-west-1a
            __meta_ec2_availability_zone_id=euw1-az2
            __meta_ec2_default_ipv6_address=2001:db8::1
            __meta_ec2_instance_id=i-1
            __meta_ec2_instance_lifecycle=spot
            __meta_ec2_instance_state=running
            __meta_ec2_instance_type=c4.xlarge
            __meta_ec2_ipv6_addresses=,2001:db8::1,2001:db8::2,
            __meta_ec2_owner_id=123456789012
            __meta_ec2_platform=windows
            __meta_ec2_primary_ipv6_addresses=,,2001:db8::1,
            __meta_ec2_primary_subnet_id=subnet-1
            __meta_ec2_private_dns_name=ip-10-0-0-1.ec2.internal
            __meta_ec2_private_ip=10.0.0.1
            __meta_ec2_public_dns_name=ec2-1-2-3-4.compute.amazonaws.com
            __meta_ec2_public_ip=1.2.3.4
            __meta_ec2_region=eu-west-1
            __meta_ec2_subnet_id=,subnet-1,subnet-2,
            __meta_ec2_tag_aws_Name=web
            __meta_ec2_vpc_id=vpc-1

            __address__=[2001:db8::3]:9100
            __meta_ec2_ami=ami-3
            __meta_ec2_availability_zone=eu-west-1b
            __meta_ec2_default_ipv6_address=2001:db8::3
            __meta_ec2_instance_id=i-3
            __meta_ec2_instance_state=running
            __meta_ec2_ipv6_addresses=,2001:db8::3,
            __meta_ec2_primary_subnet_id=subnet-3
            __meta_ec2_region=eu-west-1
            __meta_ec2_subnet_id=,subnet-3,
            __meta_ec2_vpc_id=vpc-1
            """, await ListAsync(Config));
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=AKID/[0-9]{8}/eu-west-1/ec2/aws4_request, SignedHeaders=.*, Signature=[0-9a-f]{64}$", _aws.Headers.Authorization.ToString());
    }

    [Fact]
    public async Task Filters_GoToAws_AndTheBlocksHeadersToo()
    {
        var config = Config with
        {
            Filters = [new DiscoveryFilter { Name = "tag:Service", Values = ["web", "db"] }],
            Http = new HttpClientConfig { HttpHeaders = new Dictionary<string, HttpHeaderConfig> { ["X-Extra"] = new() { Values = ["y"] } } },
        };
        await ListAsync(config);
        Assert.Contains(_aws.Asked, asked => asked.Contains("Filter.1.Name=tag%3AService&Filter.1.Value.1=web&Filter.1.Value.2=db", StringComparison.Ordinal));
        Assert.Equal("y", _aws.Headers["X-Extra"].ToString());
    }

    [Fact]
    public async Task ZonesMayNotBeRead_TheRestIsThere()
    {
        _aws.Forget("/#Action=DescribeAvailabilityZones");
        _aws.Refuse("/", 403);
        string shown = await ListAsync(Config);
        Assert.Contains("__meta_ec2_availability_zone=eu-west-1a\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("availability_zone_id", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Role_IsTakenOn()
    {
        await using var sts = await FakeApi.StartAsync();
        sts["/#Action=AssumeRole"] = """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>a</Arn><AssumedRoleId>b</AssumedRoleId></AssumedRoleUser>
            <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2090-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """;
        using var lister = new Ec2Lister(Config with { RoleArn = "arn:aws:iam::1:role/r", ExternalId = "e1" }, _discovery.For(TimeProvider.System), "http://" + sts.Address);
        await lister.ListAsync(TestContext.Current.CancellationToken);
        await lister.ListAsync(TestContext.Current.CancellationToken);
        string asked = Assert.Single(sts.Asked);
        Assert.Contains("ExternalId=e1", asked, StringComparison.Ordinal);
        Assert.Contains("Credential=AKID/", sts.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Contains("Credential=ASIAROLE/", _aws.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal("token", _aws.Headers["X-Amz-Security-Token"].ToString());
    }

    [Fact]
    public async Task Refusal_IsAnError()
    {
        foreach (string action in (string[])["/#Action=DescribeInstances", "/#NextToken=more"])
        {
            _aws[action] = """<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.</Message></Error></Errors><RequestID>x</RequestID></Response>""";
            _aws.Refuse(action, 403);
        }
        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => ListAsync(Config));
        Assert.Equal("UnauthorizedOperation", error.ErrorCode);
    }

    private async Task<string> ListAsync(Ec2SdConfig config)
    {
        using var lister = new Ec2Lister(config, _discovery.For(TimeProvider.System));
        return TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken));
    }
}
