using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>NFS server, from /proc/net/rpc/nfsd.</summary>
internal sealed class NfsdCollector : IHostCollector
{
    private static readonly HostFamily CacheHits = Counter("reply_cache_hits_total", "Repeated calls that the NFS server answered from its reply cache.");
    private static readonly HostFamily CacheMisses = Counter("reply_cache_misses_total", "Calls new to the NFS server whose reply it kept.");
    private static readonly HostFamily CacheNone = Counter("reply_cache_nocache_total", "Calls to the NFS server whose reply need not be kept.");
    private static readonly HostFamily StaleHandles = Counter("file_handles_stale_total", "Calls to the NFS server for files that are gone.");
    private static readonly HostFamily BytesRead = Counter("disk_bytes_read_total", "Data that the NFS server read for its clients, bytes.");
    private static readonly HostFamily BytesWritten = Counter("disk_bytes_written_total", "Data that the NFS server wrote for its clients, bytes.");
    private static readonly HostFamily Threads = HostFamily.Gauge("node_nfsd_server_threads", "Threads of the kernel's NFS server.");
    private static readonly HostFamily ReadAheadSize = HostFamily.Gauge("node_nfsd_read_ahead_cache_size_blocks", "Entries of the NFS server's read-ahead cache.");
    private static readonly HostFamily ReadAheadMisses = Counter("read_ahead_cache_not_found_total", "Reads that the NFS server's read-ahead cache did not know.");
    private static readonly HostFamily Packets = Counter("packets_total", "Packets of the NFS server, by transport.");
    private static readonly HostFamily Connections = Counter("connections_total", "TCP connections that the NFS server accepted.");
    private static readonly HostFamily RpcErrors = Counter("rpc_errors_total", "Calls that the NFS server refused as malformed or not authorised, by kind.");
    private static readonly HostFamily Rpcs = Counter("server_rpcs_total", "Calls that reached the NFS server.");
    private static readonly HostFamily Requests = Counter("requests_total", "Calls to the NFS server, by version and operation.");

    public IEnumerable<HostFamily> Families =>
        [CacheHits, CacheMisses, CacheNone, StaleHandles, BytesRead, BytesWritten, Threads, ReadAheadSize, ReadAheadMisses, Packets, Connections, RpcErrors, Rpcs, Requests];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/rpc/nfsd", out var text)) return false;
        AddWork(text, writer);
        AddNetwork(text, writer);
        // The operation of number 0 does nothing and is not shown.
        NfsCollector.AddRequests(writer, Requests, "2"u8, new RpcLine(text, "proc2"u8), NfsOperations.Version2, first: 1);
        NfsCollector.AddRequests(writer, Requests, "3"u8, new RpcLine(text, "proc3"u8), NfsOperations.Version3, first: 1);
        NfsCollector.AddRequests(writer, Requests, "4"u8, new RpcLine(text, "proc4ops"u8), NfsOperations.ServerVersion4);
        writer.Series(Requests).Label("proto"u8, "4"u8).Label("method"u8, "WdelegGetattr"u8).Value(new RpcLine(text, "wdeleg_getattr"u8)[0]);
        return true;
    }

    private static void AddWork(ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var cache = new RpcLine(text, "rc"u8);
        writer.Series(CacheHits).Value(cache[0]);
        writer.Series(CacheMisses).Value(cache[1]);
        writer.Series(CacheNone).Value(cache[2]);
        writer.Series(StaleHandles).Value(new RpcLine(text, "fh"u8)[0]);
        var bytes = new RpcLine(text, "io"u8);
        writer.Series(BytesRead).Value(bytes[0]);
        writer.Series(BytesWritten).Value(bytes[1]);
        writer.Series(Threads).Value(new RpcLine(text, "th"u8)[0]);
        // Behind the size stand ten classes of a histogram.
        var readAhead = new RpcLine(text, "ra"u8);
        writer.Series(ReadAheadSize).Value(readAhead[0]);
        writer.Series(ReadAheadMisses).Value(readAhead[11]);
    }

    private static void AddNetwork(ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var net = new RpcLine(text, "net"u8);
        writer.Series(Packets).Label("proto"u8, "udp"u8).Value(net[1]);
        writer.Series(Packets).Label("proto"u8, "tcp"u8).Value(net[2]);
        writer.Series(Connections).Value(net[3]);
        var rpc = new RpcLine(text, "rpc"u8);
        writer.Series(Rpcs).Value(rpc[0]);
        writer.Series(RpcErrors).Label("error"u8, "fmt"u8).Value(rpc[2]);
        writer.Series(RpcErrors).Label("error"u8, "auth"u8).Value(rpc[3]);
        writer.Series(RpcErrors).Label("error"u8, "cInt"u8).Value(rpc[4]);
    }

    private static HostFamily Counter(string name, string help) => HostFamily.Counter("node_nfsd_" + name, help);
}
