using System.Globalization;
using System.Net;

namespace Streamline.Pipeline.Http;

/// <summary>
/// The exceptions of a proxy (golang.org/x/net/http/httpproxy): a comma list of addresses, networks, names and their subdomains, names with a leading dot for subdomains only,
/// each with a port if it holds for that port alone; <c>*</c> for every host.
/// </summary>
internal sealed class NoProxyList
{
    private readonly List<Func<string, IPAddress?, int, bool>> _rules = [];

    public NoProxyList(string list)
    {
        foreach (string entry in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) _rules.Add(Rule(entry.ToLowerInvariant()));
    }

    public bool Holds(Uri destination)
    {
        if (_rules.Count == 0) return false;
        string host = destination.DnsSafeHost.TrimEnd('.').ToLowerInvariant();
        var address = IPAddress.TryParse(host, out var parsed) ? parsed : null;
        return _rules.Exists(rule => rule(host, address, destination.Port));
    }

    private static Func<string, IPAddress?, int, bool> Rule(string entry)
    {
        if (entry == "*") return (_, _, _) => true;
        if (IPNetwork.TryParse(entry, out var network)) return (_, address, _) => address is not null && network.Contains(address);
        var (name, port) = Split(entry);
        if (IPAddress.TryParse(name, out var own)) return (_, address, at) => own.Equals(address) && (port == 0 || port == at);
        if (name.StartsWith("*.", StringComparison.Ordinal)) name = name[1..];
        bool subdomainsOnly = name.StartsWith('.');
        string suffix = subdomainsOnly ? name : "." + name;
        return (host, address, at) => address is null && (port == 0 || port == at) && (host.EndsWith(suffix, StringComparison.Ordinal) || (!subdomainsOnly && host == name));
    }

    private static (string Name, int Port) Split(string entry)
    {
        int colon = entry.LastIndexOf(':');
        bool isAddress = entry.Contains(':') && entry.IndexOf(':', StringComparison.Ordinal) != colon && !entry.StartsWith('[');
        if (colon < 0 || isAddress || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)) return (entry.Trim('[', ']'), 0);
        return (entry[..colon].Trim('[', ']'), port);
    }
}
