using System.Net;
using System.Net.Sockets;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Notify;

/// <summary>
/// Sends one made-up notification to a listener of our own, so that the first alert after a start does not wait for the code of an HTTP request to be compiled: 261
/// methods were, and it came 30 to 60 ms late where the next ones took 3. Nothing leaves the machine.
/// </summary>
internal static class NotifyRehearsal
{
    // Nobody waits for it; it must only end.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>False when it could not be held, which harms nothing.</summary>
    public static async Task<bool> RunAsync(TimeProvider time)
    {
        using var cancel = new CancellationTokenSource(Limit, time);
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start(backlog: 1);
            var answering = AnswerAsync(listener, cancel.Token);
            bool sent = await SendAsync(((IPEndPoint)listener.LocalEndpoint).Port, time, cancel.Token);
            await answering;
            return sent;
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<bool> SendAsync(int port, TimeProvider time, CancellationToken cancellation)
    {
        using var notifier = new WebhookNotifier(new WebhookReceiverConfig { Url = new Secret($"http://127.0.0.1:{port}/") }, new HttpClientConfig(), time);
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var labels = Labels.Of(("alertname", "Rehearsal"));
        var alert = new AlertUpdate(labels, [new("summary", "not sent to anybody")], nowMs, nowMs + 1, "", nowMs);
        var notification = new Notification("rehearsal", "{}", labels, new Dictionary<string, string>(), [alert], NotificationReason.First, "", nowMs);
        var (result, _) = await NotifyRetry.SendAsync(notifier, notification, Limit, time, cancellation);
        return result.Ok;
    }

    private static async Task AnswerAsync(TcpListener listener, CancellationToken cancellation)
    {
        using var socket = await listener.AcceptSocketAsync(cancellation);
        byte[] request = new byte[4096];
        if (await socket.ReceiveAsync(request, cancellation) == 0) return;
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
        socket.Shutdown(SocketShutdown.Send);
        // To its end: what is left unread would reset the connection under the answer.
        while (await socket.ReceiveAsync(request, cancellation) > 0) { }
    }
}
