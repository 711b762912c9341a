using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streamline.EndToEnd.Running;

/// <summary>For programs that cannot tell which port they took.</summary>
internal static class Ports
{
    /// <summary>A port of loopback that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static string FreeAddress() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Free()}");
}
