using Amazon;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.SecurityToken;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Aws;

/// <summary>
/// AWS's own client for an entry of ec2_sd_configs. Credentials: those of the entry, else those of its profile, else wherever AWS's clients look (environment, web
/// identity, shared files, container, instance); with a role, that role's.
/// </summary>
internal sealed class Ec2Client : IDisposable
{
    private readonly BlockHttpFactory _http;
    private readonly AWSCredentials? _credentials;

    /// <exception cref="InvalidDataException">The region or the profile is unknown.</exception>
    public Ec2Client(Ec2SdConfig config, TimeProvider time, string? stsUrl = null)
    {
        Region = config.Region.Length > 0 ? config.Region : FallbackRegionFactory.GetRegionEndpoint()?.SystemName ?? throw new InvalidDataException("ec2_sd_configs: the region is neither written nor known to the environment or the instance's metadata");
        _http = new BlockHttpFactory(config.Http, time);
        _credentials = CredentialsOf(config);
        if (config.RoleArn.Length > 0)
        {
            var sts = Configured(new AmazonSecurityTokenServiceConfig(), stsUrl);
            _credentials = new AssumedRole(_credentials is null ? new AmazonSecurityTokenServiceClient(sts) : new AmazonSecurityTokenServiceClient(_credentials, sts), config.RoleArn, config.ExternalId);
        }
        var ec2 = Configured(new AmazonEC2Config(), config.Endpoint.Length > 0 ? config.Endpoint : null);
        Api = _credentials is null ? new AmazonEC2Client(ec2) : new AmazonEC2Client(_credentials, ec2);
    }

    public string Region { get; }

    public AmazonEC2Client Api { get; }

    public void Dispose()
    {
        Api.Dispose();
        (_credentials as IDisposable)?.Dispose();
        _http.Dispose();
    }

    private T Configured<T>(T config, string? url) where T : ClientConfig
    {
        config.HttpClientFactory = _http;
        if (url is null) config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        else (config.ServiceURL, config.AuthenticationRegion) = (url, Region);
        return config;
    }

    private static AWSCredentials? CredentialsOf(Ec2SdConfig config)
    {
        if (config.AccessKey.Length > 0 && config.SecretKey is { IsEmpty: false } secret) return new BasicAWSCredentials(config.AccessKey, secret.Reveal());
        if (config.Profile.Length == 0) return null;
        return new CredentialProfileStoreChain().TryGetAWSCredentials(config.Profile, out var credentials)
            ? credentials
            : throw new InvalidDataException($"ec2_sd_configs: AWS's shared files have no profile \"{config.Profile}\" with credentials");
    }
}
