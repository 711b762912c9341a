using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Debian's dnsmasq on a high port of 127.0.0.1, with a zone of the test.</summary>
internal sealed class Dnsmasq : IDisposable
{
    private readonly Process _process;

    private Dnsmasq(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<Dnsmasq> StartAsync(params string[] arguments)
    {
        // The port is free when it is looked for; another may take it before dnsmasq does.
        for (int attempt = 0; attempt < 5; attempt++)
        {
            int port = FreePort();
            string[] all = ["--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", $"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", .. arguments];
            var process = Process.Start(new ProcessStartInfo("/usr/sbin/dnsmasq", all) { RedirectStandardError = true })!;
            if (await IsUpAsync(process)) return new Dnsmasq(process, port);
            process.Dispose();
        }
        throw new InvalidOperationException("dnsmasq does not start: is the package dnsmasq-base installed?");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<bool> IsUpAsync(Process process)
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("started", StringComparison.Ordinal)) return true;
        }
        await process.WaitForExitAsync();
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
