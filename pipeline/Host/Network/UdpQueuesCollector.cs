using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Bytes that wait in UDP sockets, from /proc/net/udp and udp6: the queues of all sockets added up. Hexadecimal there.</summary>
internal sealed class UdpQueuesCollector : IHostCollector
{
    private static readonly HostFamily Queues = HostFamily.Gauge("node_udp_queues", "Data in the queues of UDP sockets, by direction and IP version, bytes.");

    public IEnumerable<HostFamily> Families => [Queues];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        bool isVersion4 = TryAdd("net/udp", "v4"u8, files, writer);
        return TryAdd("net/udp6", "v6"u8, files, writer) || isVersion4;
    }

    private static bool TryAdd(string file, ReadOnlySpan<byte> version, HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc(file, out var text)) return false;
        double sent = 0, received = 0;
        var reader = new FieldReader(text);
        _ = reader.NextLine();
        while (reader.NextLine())
        {
            // Slot, local and remote address, state; then tx_queue:rx_queue.
            reader.Skip(4);
            var queues = reader.Field();
            int colon = queues.IndexOf((byte)':');
            if (colon < 0) continue;
            sent += OrZero(FieldReader.ParseHex(queues[..colon]));
            received += OrZero(FieldReader.ParseHex(queues[(colon + 1)..]));
        }
        writer.Series(Queues).Label("queue"u8, "tx"u8).Label("ip"u8, version).Value(sent);
        writer.Series(Queues).Label("queue"u8, "rx"u8).Label("ip"u8, version).Value(received);
        return true;
    }

    private static double OrZero(double value) => double.IsNaN(value) ? 0 : value;
}
