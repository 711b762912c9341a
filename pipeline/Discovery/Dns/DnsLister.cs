using System.Collections.Concurrent;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Discovery.Dns;

/// <summary>Targets from DNS records, one group a name. A name that cannot be looked up keeps its targets; one that does not exist has none.</summary>
internal sealed partial class DnsLister(DnsSdConfig config, DnsResolver resolver, DiscoveryContext context) : ITargetLister
{
    private const string Prefix = "__meta_dns_";

    // Names of one entry that are looked up at the same time.
    private const int MaxAtOnce = 32;

    private readonly ConcurrentDictionary<string, TargetGroup> _groups = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<TargetGroup>> ListAsync(CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(config.Names.Distinct(), options, RefreshAsync).ConfigureAwait(false);
        return [.. config.Names.Distinct().Where(_groups.ContainsKey).Select(name => _groups[name])];
    }

    public void Dispose()
    {
    }

    // The edge of a lookup: one name's failure is not the others'.
    private async ValueTask RefreshAsync(string name, CancellationToken cancellation)
    {
        context.Metrics.DnsLookups.Add(1);
        try
        {
            var records = await resolver.LookUpAsync(name, QueryTypeOf(config.Type), cancellation).ConfigureAwait(false);
            _groups[name] = new TargetGroup(name, [.. records.Select(record => TargetOf(name, record)).OfType<Dictionary<string, string>>()], ConfigDefaults.NoStrings);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            context.Metrics.DnsLookupFailures.Add(1);
            LogFailed(context.Logger, context.Config, error.Message);
        }
    }

    private Dictionary<string, string>? TargetOf(string name, DnsResourceRecord record)
    {
        switch (record)
        {
            case SrvRecord srv: return Target(name, Host(srv.Target), srv.Port, ("srv_record_target", srv.Target), ("srv_record_port", LabelText.Of(srv.Port)));
            case MxRecord mx: return Target(name, Host(mx.Exchange), config.Port, ("mx_record_target", mx.Exchange));
            case NsRecord ns: return Target(name, Host(ns.NSDName), config.Port, ("ns_record_target", ns.NSDName));
            case ARecord a: return Target(name, a.Address.ToString(), config.Port);
            case AaaaRecord aaaa: return Target(name, aaaa.Address.ToString(), config.Port);
            // The way to an address; the address follows.
            case CNameRecord: return null;
            default:
                LogOtherRecord(context.Logger, name, record.RecordType.ToString());
                return null;
        }
    }

    private static Dictionary<string, string> Target(string name, string host, int port, params ReadOnlySpan<(string Label, string Value)> more)
    {
        var target = new Dictionary<string, string> { [TargetGroup.AddressLabel] = LabelText.HostPort(host, port), [Prefix + "name"] = name };
        foreach (var (label, value) in more) target[Prefix + label] = value;
        return target;
    }

    private static string Host(DnsString name) => name.Value.TrimEnd('.');

    private static QueryType QueryTypeOf(DnsRecordType type) => type switch
    {
        DnsRecordType.Srv => QueryType.SRV,
        DnsRecordType.A => QueryType.A,
        DnsRecordType.Aaaa => QueryType.AAAA,
        DnsRecordType.Mx => QueryType.MX,
        DnsRecordType.Ns => QueryType.NS,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "discovery by dns for {Job} keeps the targets of a name: {Reason}")]
    private static partial void LogFailed(ILogger logger, string job, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DNS answer for {Name} holds a record of type {Type}, of which no target is made")]
    private static partial void LogOtherRecord(ILogger logger, string name, string type);
}
