using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Discovery.Dns;

/// <summary>Looks names up as Prometheus does: every name of the search list at each server in turn until one knows; UDP with EDNS, TCP when that was cut short.</summary>
internal sealed partial class DnsResolver(string resolvConfPath, ILogger logger, int port = NameServer.DefaultPort)
{
    public const string SystemConf = "/etc/resolv.conf";

    private const int EdnsBufferBytes = 4096;

    // As Prometheus: the next server is a better chance than more patience.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LookupClient> _clients = new(StringComparer.Ordinal);

    /// <summary>The records of a name; none when it does not exist or has none of the type.</summary>
    /// <exception cref="DnsResponseException">No server could tell whether there are records.</exception>
    /// <exception cref="IOException">resolv.conf cannot be read.</exception>
    public async Task<IReadOnlyList<DnsResourceRecord>> LookUpAsync(string name, QueryType type, CancellationToken cancellation)
    {
        var conf = ResolvConf.Read(resolvConfPath);
        bool isKnownNotToExist = true;
        foreach (string full in conf.NamesFor(name))
        {
            var answer = await AskAnyAsync(conf.Servers, full, type, cancellation).ConfigureAwait(false);
            if (answer is null) isKnownNotToExist = false;
            else if (!answer.HasError) return answer.Answers;
        }
        return isKnownNotToExist ? [] : throw new DnsResponseException($"\"{name}\" could not be looked up: of at least one name of the search list no server can tell whether it exists");
    }

    // An answer that tells something: records, none, or no such name.
    private async Task<IDnsQueryResponse?> AskAnyAsync(IReadOnlyList<string> servers, string name, QueryType type, CancellationToken cancellation)
    {
        foreach (string server in servers)
        {
            try
            {
                var answer = await ClientOf(server).QueryAsync(name, type, QueryClass.IN, cancellation).ConfigureAwait(false);
                if (answer.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain) return answer;
                LogNoAnswer(logger, server, name, answer.Header.ResponseCode.ToString());
            }
            catch (Exception error) when (error is DnsResponseException or ArgumentException or FormatException && !cancellation.IsCancellationRequested)
            {
                LogNoAnswer(logger, server, name, error.Message);
            }
        }
        return null;
    }

    // One server a client, so that trying the next one stays in our hands.
    private LookupClient ClientOf(string server)
    {
        lock (_lock)
        {
            if (_clients.TryGetValue(server, out var known)) return known;
            return _clients[server] = new LookupClient(new LookupClientOptions(new IPEndPoint(IPAddress.Parse(server), port))
            {
                UseCache = false,
                Retries = 0,
                Timeout = Timeout,
                ExtendedDnsBufferSize = EdnsBufferBytes,
                UseTcpFallback = true,
                ThrowDnsErrors = false,
                ContinueOnDnsError = false,
                ContinueOnEmptyResponse = false,
            });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "DNS server {Server} has no answer for {Name}: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, string server, string name, string reason);
}
