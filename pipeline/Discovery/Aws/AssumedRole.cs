using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Streamline.Pipeline.Discovery.Aws;

/// <summary>Credentials of a role, asked for anew before they run out.</summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly AmazonSecurityTokenServiceClient _sts;
    private readonly AssumeRoleRequest _request;

    public AssumedRole(AmazonSecurityTokenServiceClient sts, string roleArn, string externalId)
    {
        _sts = sts;
        _request = new AssumeRoleRequest
        {
            RoleArn = roleArn,
            RoleSessionName = "prometheus-sd",
            DurationSeconds = (int)Lifetime.TotalSeconds,
            ExternalId = externalId.Length > 0 ? externalId : null,
        };
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var answer = await _sts.AssumeRoleAsync(_request).ConfigureAwait(false);
        var given = answer.Credentials;
        return new CredentialsRefreshState(new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), given.Expiration ?? throw new FormatException("the role's credentials have no end"));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _sts.Dispose();
        base.Dispose(disposing);
    }
}
