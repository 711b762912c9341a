using System.Globalization;
using System.Net;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>The kernel's load balancer, from /proc/net/ip_vs_stats and ip_vs. Addresses and totals are hexadecimal there. Backends that the chosen labels do not tell apart are added up.</summary>
internal sealed class IpvsCollector : IHostCollector
{
    // As the table of texts, which clears itself at the same size.
    private const int MaxBackends = 10_000;

    // Connections, packets and bytes of both directions stand in the third line.
    private static readonly HostFamily[] Totals =
    [
        HostFamily.Counter("node_ipvs_connections_total", "Connections that the load balancer accepted."),
        HostFamily.Counter("node_ipvs_incoming_packets_total", "Packets that reached the load balancer from clients."),
        HostFamily.Counter("node_ipvs_outgoing_packets_total", "Packets that the load balancer sent back to clients."),
        HostFamily.Counter("node_ipvs_incoming_bytes_total", "Data that reached the load balancer from clients, bytes."),
        HostFamily.Counter("node_ipvs_outgoing_bytes_total", "Data that the load balancer sent back to clients, bytes."),
    ];

    private static readonly HostFamily Active = HostFamily.Gauge("node_ipvs_backend_connections_active", "Established connections of the backend.");
    private static readonly HostFamily Inactive = HostFamily.Gauge("node_ipvs_backend_connections_inactive", "Connections of the backend in any other state.");
    private static readonly HostFamily Weight = HostFamily.Gauge("node_ipvs_backend_weight", "Share of new connections that the backend is given, against the weight of the others.");

    private readonly (IpvsLabel Label, byte[] Name)[] _labels;
    private readonly NameTable<Backend> _backends;

    // Backends whose labels are equal are one.
    private readonly Dictionary<string, Backend> _byLabels = new(StringComparer.Ordinal);
    private readonly List<Backend> _met = [];

    public IpvsCollector(HostIpvsConfig config)
    {
        _labels = [.. Enum.GetValues<IpvsLabel>().Where(config.BackendLabels.Contains).Select(label => (label, HostSeries.Utf8(EnumNames.Of(typeof(IpvsLabel)).Scalar.Format(label))))];
        _backends = new(Learn);
    }

    public IEnumerable<HostFamily> Families => [.. Totals, Active, Inactive, Weight];

    private sealed class Backend(string[] labels)
    {
        public string[] Labels { get; } = labels;

        public bool IsMet { get; set; }

        public double Active { get; set; }

        public double Inactive { get; set; }

        public double Weight { get; set; }
    }

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        if (!files.TryProc("net/ip_vs_stats", out var text)) return false;
        var reader = new FieldReader(text);
        if (!reader.NextLine() || !reader.NextLine() || !reader.NextLine()) return false;
        foreach (var family in Totals) writer.Series(family).ValueIfThere(reader.Hex());
        if (!files.TryProc("net/ip_vs", out text)) return false;
        AddUp(text);
        foreach (var backend in _met) Add(backend, writer);
        _met.Clear();
        return true;
    }

    private void Add(Backend backend, SeriesWriter writer)
    {
        Labelled(Active).Value(backend.Active);
        Labelled(Inactive).Value(backend.Inactive);
        Labelled(Weight).Value(backend.Weight);
        (backend.IsMet, backend.Active, backend.Inactive, backend.Weight) = (false, 0, 0, 0);

        SeriesWriter Labelled(HostFamily family)
        {
            writer.Series(family);
            for (int i = 0; i < _labels.Length; i++) writer.Label(_labels[i].Name, backend.Labels[i]);
            return writer;
        }
    }

    // "TCP  C0A80016:0CEA wlc" or "FWM  10001000 wlc", and under it its backends: "  -> C0A85216:0CEA Tunnel 100 248 2".
    private void AddUp(ReadOnlySpan<byte> text)
    {
        Span<byte> key = stackalloc byte[256];
        ReadOnlySpan<byte> protocol = default, local = default;
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var first = reader.Field();
            var address = reader.Field();
            if (first.SequenceEqual("TCP"u8) || first.SequenceEqual("UDP"u8) || first.SequenceEqual("SCTP"u8) || first.SequenceEqual("FWM"u8))
            {
                protocol = first;
                local = address;
            }
            if (!first.SequenceEqual("->"u8)) continue;
            _ = reader.Field();
            var (weight, active, inactive) = (reader.Number(), reader.Number(), reader.Number());
            if (double.IsNaN(inactive) || protocol.Length + local.Length + address.Length + 2 > key.Length) continue;
            var backend = _backends[Join(key, protocol, local, address)];
            if (!backend.IsMet) _met.Add(backend);
            (backend.IsMet, backend.Active, backend.Inactive, backend.Weight) = (true, backend.Active + active, backend.Inactive + inactive, backend.Weight + weight);
        }
    }

    private static ReadOnlySpan<byte> Join(Span<byte> key, ReadOnlySpan<byte> protocol, ReadOnlySpan<byte> local, ReadOnlySpan<byte> remote)
    {
        protocol.CopyTo(key);
        key[protocol.Length] = (byte)' ';
        local.CopyTo(key[(protocol.Length + 1)..]);
        key[protocol.Length + 1 + local.Length] = (byte)' ';
        remote.CopyTo(key[(protocol.Length + local.Length + 2)..]);
        return key[..(protocol.Length + local.Length + remote.Length + 2)];
    }

    private Backend Learn(string key)
    {
        string[] parts = key.Split(' ');
        bool isMark = parts[0] == "FWM";
        var (localAddress, localPort) = isMark ? ("", "0") : Address(parts[1]);
        var (remoteAddress, remotePort) = Address(parts[2]);
        string[] labels = [.. _labels.Select(l => l.Label switch
        {
            IpvsLabel.LocalAddress => localAddress,
            IpvsLabel.LocalPort => localPort,
            IpvsLabel.RemoteAddress => remoteAddress,
            IpvsLabel.RemotePort => remotePort,
            IpvsLabel.Proto => parts[0],
            IpvsLabel.LocalMark => isMark ? parts[1] : "",
        })];
        string text = string.Join(' ', labels);
        if (_byLabels.TryGetValue(text, out var known)) return known;
        if (_byLabels.Count >= MaxBackends) _byLabels.Clear();
        return _byLabels[text] = new Backend(labels);
    }

    // C0A80016:0CEA, or [2620:0000:0000:0000:0000:0000:0000:0001]:0050
    private static (string Address, string Port) Address(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0) return (text, "0");
        string address = text[..colon].Trim('[', ']');
        bool isHex = uint.TryParse(address, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint four);
        string shown = isHex ? string.Create(CultureInfo.InvariantCulture, $"{four >> 24}.{(four >> 16) & 255}.{(four >> 8) & 255}.{four & 255}") : IPAddress.TryParse(address, out var six) ? six.ToString() : address;
        return (shown, ushort.TryParse(text[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort port) ? port.ToString(CultureInfo.InvariantCulture) : "0");
    }
}
