using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>NFS client, from /proc/net/rpc/nfs.</summary>
internal sealed class NfsCollector : IHostCollector
{
    private static readonly HostFamily Packets = HostFamily.Counter("node_nfs_packets_total", "Packets of the NFS client, by transport.");
    private static readonly HostFamily Connections = HostFamily.Counter("node_nfs_connections_total", "TCP connections that the NFS client opened.");
    private static readonly HostFamily Rpcs = HostFamily.Counter("node_nfs_rpcs_total", "Calls that the NFS client made.");
    private static readonly HostFamily Retransmissions = HostFamily.Counter("node_nfs_rpc_retransmissions_total", "Calls that the NFS client had to send again.");
    private static readonly HostFamily Refreshes = HostFamily.Counter("node_nfs_rpc_authentication_refreshes_total", "Times the NFS client renewed its credentials.");
    private static readonly HostFamily Requests = HostFamily.Counter("node_nfs_requests_total", "Calls of the NFS client, by version and operation.");

    public IEnumerable<HostFamily> Families => [Packets, Connections, Rpcs, Retransmissions, Refreshes, Requests];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/rpc/nfs", out var text)) return false;
        var net = new RpcLine(text, "net"u8);
        writer.Series(Packets).Label("protocol"u8, "udp"u8).Value(net[1]);
        writer.Series(Packets).Label("protocol"u8, "tcp"u8).Value(net[2]);
        writer.Series(Connections).Value(net[3]);
        var rpc = new RpcLine(text, "rpc"u8);
        writer.Series(Rpcs).Value(rpc[0]);
        writer.Series(Retransmissions).Value(rpc[1]);
        writer.Series(Refreshes).Value(rpc[2]);
        AddRequests(writer, Requests, "2"u8, new RpcLine(text, "proc2"u8), NfsOperations.Version2);
        AddRequests(writer, Requests, "3"u8, new RpcLine(text, "proc3"u8), NfsOperations.Version3);
        AddRequests(writer, Requests, "4"u8, new RpcLine(text, "proc4"u8), NfsOperations.ClientVersion4);
        return true;
    }

    /// <summary>One sample an operation; the line's first number says how many follow.</summary>
    public static void AddRequests(SeriesWriter writer, HostFamily family, ReadOnlySpan<byte> version, RpcLine line, string?[] operations, int first = 0)
    {
        for (int i = first; i < operations.Length; i++)
        {
            if (operations[i] is { } method) writer.Series(family).Label("proto"u8, version).Label("method"u8, method).Value(line[i + 1]);
        }
    }
}
