using System.Security.Cryptography;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery.Apis;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by GCE (reference D19) with the key of a service account, answers in the form of Google's API reference.</summary>
public sealed class GceListerTests : IAsyncLifetime
{
    private readonly TestDiscovery _discovery = new();
    private FakeApi _google = null!;

    public async ValueTask InitializeAsync() => _google = await FakeApi.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _google.DisposeAsync();
        _discovery.Dispose();
    }

    [Fact]
    public async Task Instances_BecomeTargets()
    {
        const string list = "/compute/v1/projects/p/zones/us-east1-a/instances?maxResults=500&filter=status = RUNNING";
        _google["/token#assertion="] = """{"access_token": "tok", "expires_in": 3600, "token_type": "Bearer"}""";
        _google[list] = """
            {"items": [{"id": "7104311", "name": "web", "status": "RUNNING", "zone": "https://www.googleapis.com/compute/v1/projects/p/zones/us-east1-a", "machineType": "e2", "tags": {"items": ["a", "b"]},
              "metadata": {"items": [{"key": "cluster-name", "value": "c"}, {"key": "empty"}]}, "labels": {"team-x": "y"},
              "networkInterfaces": [{"name": "nic0", "network": "default", "subnetwork": "sub", "networkIP": "10.0.0.2", "accessConfigs": [{"type": "ONE_TO_ONE_NAT", "natIP": "1.2.3.4"}]}, {"name": "nic-1", "networkIP": "10.1.0.2"}]},
              {"id": "1", "name": "without"}], "nextPageToken": "next"}
            """;
        _google[list + "&pageToken=next"] = """{"items": []}""";
        using var lister = new GceLister(new GceSdConfig { Project = "p", Zone = "us-east1-a", Filter = "status = RUNNING", Port = 9100 }, _discovery.For(TimeProvider.System), "http://" + _google.Address, ServiceAccount());
        Assert.Equal("""
            __address__=10.0.0.2:9100
            __meta_gce_instance_id=7104311
            __meta_gce_instance_name=web
            __meta_gce_instance_status=RUNNING
            __meta_gce_interface_ipv4_nic0=10.0.0.2
            __meta_gce_interface_ipv4_nic_1=10.1.0.2
            __meta_gce_label_team_x=y
            __meta_gce_machine_type=e2
            __meta_gce_metadata_cluster_name=c
            __meta_gce_network=default
            __meta_gce_private_ip=10.0.0.2
            __meta_gce_project=p
            __meta_gce_public_ip=1.2.3.4
            __meta_gce_subnetwork=sub
            __meta_gce_tags=,a,b,
            __meta_gce_zone=https://www.googleapis.com/compute/v1/projects/p/zones/us-east1-a
            """, TestDiscovery.Shown(await lister.ListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("Bearer tok", _google.Headers.Authorization.ToString());
    }

    private GoogleCredential ServiceAccount()
    {
        using var key = RSA.Create(2048);
        string json = JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "service_account",
            ["project_id"] = "p",
            ["private_key_id"] = "1",
            ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "sd@p.iam.gserviceaccount.com",
            ["client_id"] = "1",
            ["token_uri"] = $"http://{_google.Address}/token",
        });
        return CredentialFactory.FromJson<ServiceAccountCredential>(json).ToGoogleCredential();
    }
}
