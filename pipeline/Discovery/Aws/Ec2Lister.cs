using Amazon.EC2;
using Amazon.EC2.Model;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Aws;

/// <summary>Targets from the instances of AWS EC2 (reference D13).</summary>
internal sealed partial class Ec2Lister(Ec2SdConfig config, DiscoveryContext context, string? stsUrl = null) : ITargetLister
{
    private Ec2Client? _client;

    // From a zone's name to its ID, which is the same for all accounts. Read once: zones hardly ever change.
    private Dictionary<string, string>? _zones;

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        using var bound = new CancellationTokenSource(config.RefreshInterval, context.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, bound.Token);
        var client = _client ??= new Ec2Client(config, context.Time, stsUrl);
        try
        {
            _zones ??= await ZonesAsync(client, both.Token).ConfigureAwait(false);
            return [new TargetGroup(client.Region, await TargetsAsync(client, both.Token).ConfigureAwait(false), ConfigDefaults.NoStrings)];
        }
        catch (AmazonEC2Exception error) when (error.ErrorCode is "AuthFailure" or "UnauthorizedOperation")
        {
            // The next turn looks for credentials anew.
            _client = null;
            client.Dispose();
            throw;
        }
    }

    public void Dispose() => _client?.Dispose();

    // The right to it is optional.
    private async Task<Dictionary<string, string>?> ZonesAsync(Ec2Client client, CancellationToken cancellation)
    {
        try
        {
            var answer = await client.Api.DescribeAvailabilityZonesAsync(new DescribeAvailabilityZonesRequest(), cancellation).ConfigureAwait(false);
            return (answer.AvailabilityZones ?? []).Where(zone => zone.ZoneName is not null && zone.ZoneId is not null).ToDictionary(zone => zone.ZoneName, zone => zone.ZoneId);
        }
        catch (AmazonEC2Exception error)
        {
            LogNoZones(context.Logger, context.Config, error.Message);
            return null;
        }
    }

    private async Task<List<Dictionary<string, string>>> TargetsAsync(Ec2Client client, CancellationToken cancellation)
    {
        var request = new DescribeInstancesRequest { Filters = [.. config.Filters.Select(filter => new Filter(filter.Name, [.. filter.Values]))] };
        List<Dictionary<string, string>> targets = [];
        for (int page = 0; page < ApiClient.MaxPages; page++)
        {
            var answer = await client.Api.DescribeInstancesAsync(request, cancellation).ConfigureAwait(false);
            foreach (var reservation in answer.Reservations ?? [])
            {
                targets.AddRange((reservation.Instances ?? []).Select(instance => Ec2Targets.Of(instance, reservation.OwnerId, client.Region, config.Port, _zones)).OfType<Dictionary<string, string>>());
            }
            if (string.IsNullOrEmpty(answer.NextToken)) return targets;
            request.NextToken = answer.NextToken;
        }
        throw ApiClient.TooManyPages("instances");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "discovery by ec2 for {Job} has no IDs of availability zones: {Reason}")]
    private static partial void LogNoZones(ILogger logger, string job, string reason);
}
