using System.Net.Sockets;
using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Http;

/// <summary>
/// The connections of a client block. When a certificate file changes, the next request gets new connections and those that run end in their own time.
/// </summary>
internal sealed class HttpTransport : IDisposable
{
    // A request that began on replaced connections is over by then; scrapes time out long before.
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(1);

    private readonly TlsConfig _tls;
    private readonly ProxyConfig _proxy;
    private readonly bool _decompress;
    private readonly string? _unixSocket;
    private readonly string[] _files;
    private readonly Lock _lock = new();
    private HttpMessageInvoker? _invoker;
    private string _stamp = "";

    public HttpTransport(TlsConfig tls, ProxyConfig proxy, bool decompress = true, string? unixSocket = null)
    {
        (_tls, _proxy, _decompress) = (tls, proxy, decompress);
        _unixSocket = string.IsNullOrEmpty(unixSocket) ? null : unixSocket;
        _files = [.. new[] { tls.CaFile, tls.CertFile, tls.KeyFile }.Where(file => file.Length > 0)];
    }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file holds no certificate or key.</exception>
    public HttpMessageInvoker Current()
    {
        var current = Volatile.Read(ref _invoker);
        if (current is not null && _files.Length == 0) return current;
        lock (_lock)
        {
            string stamp = Stamp();
            if (_invoker is not null && stamp == _stamp) return _invoker;
            var old = _invoker;
            Volatile.Write(ref _invoker, new HttpMessageInvoker(CreateHandler(), disposeHandler: true));
            _stamp = stamp;
            if (old is not null) _ = DisposeLaterAsync(old);
            return _invoker;
        }
    }

    public void Dispose()
    {
        lock (_lock) _invoker?.Dispose();
    }

    private static async Task DisposeLaterAsync(HttpMessageInvoker old)
    {
        await Task.Delay(Farewell).ConfigureAwait(false);
        old.Dispose();
    }

    // Size and time of change: a file is written anew to be changed, and reading three files at each request would cost more than the request.
    private string Stamp() => string.Join('|', _files.Select(file =>
    {
        var info = LinkedFile.TargetOf(new FileInfo(file));
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks}/{info.Length}" : "";
    }));

    private SocketsHttpHandler CreateHandler()
    {
        var rules = ProxyRules.Of(_proxy, ownTunnel: _tls.ServerName.Length > 0);
        var tls = TlsSettings.Of(_tls);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // The handler asks for what it can decompress, whatever the request says.
            AutomaticDecompression = _decompress ? System.Net.DecompressionMethods.GZip : System.Net.DecompressionMethods.None,
            UseCookies = false,
            UseProxy = rules is not null && _unixSocket is null,
            Proxy = rules,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            // As Go's client: requests that stay open (watches) must not fill up the one connection, and a peer that is gone is found out while it owes an answer.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ActivityHeadersPropagator = null,
            SslOptions = tls,
        };
        if (_unixSocket is not null) handler.ConnectCallback = (_, cancellation) => DialAsync(_unixSocket, cancellation);
        else if (rules is { OwnTunnel: true } || _tls.ServerName.Length > 0) handler.ConnectCallback = (context, cancellation) => ProxyTunnel.ConnectAsync(context, rules, tls, cancellation);
        return handler;
    }

    private static async ValueTask<Stream> DialAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
