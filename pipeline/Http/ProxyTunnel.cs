using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Streamline.Pipeline.Http;

/// <summary>
/// Dials where the framework's handler cannot: through a proxy with headers of one's own in the CONNECT request, and with a server name that is not the URL's (the handler
/// sets the name of each host over that of its options).
/// </summary>
internal static class ProxyTunnel
{
    // Answers of proxies are a few lines; an endless one must not be read for ever.
    private const int MaxAnswerBytes = 16 << 10;

    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, ProxyRules? rules, SslClientAuthenticationOptions tls, CancellationToken cancellation)
    {
        var target = context.DnsEndPoint;
        bool isSecure = context.InitialRequestMessage.RequestUri?.Scheme == "https";
        // Plain requests come here with the proxy as their target already.
        var proxy = isSecure ? rules?.ProxyOf(new UriBuilder("https", target.Host, target.Port).Uri) : null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(proxy is null ? target : new DnsEndPoint(proxy.DnsSafeHost, proxy.Port), cancellation).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (proxy is not null) await OpenAsync(stream, target, rules!, cancellation).ConfigureAwait(false);
            return isSecure && tls.TargetHost is { Length: > 0 } ? await EncryptAsync(stream, tls, context.InitialRequestMessage.Version, cancellation).ConfigureAwait(false) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The handler takes an encrypted stream as it is.
    private static async Task<Stream> EncryptAsync(NetworkStream stream, SslClientAuthenticationOptions tls, Version version, CancellationToken cancellation)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = tls.TargetHost,
                EnabledSslProtocols = tls.EnabledSslProtocols,
                RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
                CertificateChainPolicy = tls.CertificateChainPolicy,
                ClientCertificateContext = tls.ClientCertificateContext,
                ApplicationProtocols = version.Major >= 2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
            },
            cancellation).ConfigureAwait(false);
        return encrypted;
    }

    private static async Task OpenAsync(NetworkStream stream, DnsEndPoint target, ProxyRules rules, CancellationToken cancellation)
    {
        string host = $"{(target.Host.Contains(':') ? $"[{target.Host}]" : target.Host)}:{target.Port}";
        var request = new StringBuilder($"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n");
        if (rules.Credentials is NetworkCredential login) request.Append($"Proxy-Authorization: {RequestCredentials.Basic(login.UserName, login.Password)}\r\n");
        foreach (var (name, values) in rules.ConnectHeaders)
        {
            foreach (var value in values) request.Append($"{name}: {value.Reveal()}\r\n");
        }
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Append("\r\n").ToString()), cancellation).ConfigureAwait(false);
        string answer = await AnswerAsync(stream, cancellation).ConfigureAwait(false);
        string status = answer[..Math.Max(0, answer.IndexOf('\r', StringComparison.Ordinal))];
        if (status.Split(' ') is not [_, "200", ..]) throw new HttpRequestException($"the proxy refused to connect: {status}");
    }

    // Byte by byte: what follows the empty line belongs to the target.
    private static async Task<string> AnswerAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var answer = new StringBuilder();
        byte[] one = new byte[1];
        while (answer.Length < MaxAnswerBytes)
        {
            if (await stream.ReadAsync(one, cancellation).ConfigureAwait(false) == 0) throw new HttpRequestException("the proxy closed the connection");
            answer.Append((char)one[0]);
            if (one[0] == '\n' && answer.Length >= 4 && answer[^3] == '\n' && answer[^2] == '\r') return answer.ToString();
        }
        throw new HttpRequestException("the proxy's answer is too long");
    }
}
