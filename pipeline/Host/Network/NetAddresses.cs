using System.Net;
using System.Net.NetworkInformation;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Network;

/// <summary>Addresses of network devices as labels: on demand only, as asking for them is not cheap.</summary>
internal static class NetAddresses
{
    private static readonly HostFamily Info = HostFamily.Gauge("node_network_address_info", "Always 1: an address of the network device as labels.");

    public static IEnumerable<HostFamily> Families => [Info];

    public static void Add(NameFilter devices, SeriesWriter writer)
    {
        foreach (var device in NetworkInterface.GetAllNetworkInterfaces().Where(d => !devices.Ignores(d.Name)))
        {
            foreach (var address in device.GetIPProperties().UnicastAddresses)
            {
                // Without the device behind a percent sign.
                var plain = new IPAddress(address.Address.GetAddressBytes());
                writer.Series(Info).Label("device"u8, device.Name).Label("address"u8, plain.ToString()).Label("netmask"u8, address.PrefixLength).Label("scope"u8, ScopeOf(plain)).Value(1);
            }
        }
    }

    private static string ScopeOf(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        bool isLinkLocal = address.IsIPv6LinkLocal || (bytes is [169, 254, _, _]);
        if (IPAddress.IsLoopback(address) || isLinkLocal) return "link-local";
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "" : "global";
    }
}
