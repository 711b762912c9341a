using System.Net;
using System.Net.Http.Headers;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Http;

namespace Streamline.Pipeline.Notify;

/// <summary>Posts Alertmanager's JSON to a URL. 2xx is success; 5xx and network errors are tried again; other answers are final.</summary>
internal sealed class WebhookNotifier : INotifier, IDisposable
{
    private readonly WebhookReceiverConfig _config;
    private const string UserAgent = "Alertmanager/0.34.0";
    private readonly HttpBlockClient _http;

    /// <exception cref="NotSupportedException">The configuration asks for something that is not built yet; the message names it.</exception>
    public WebhookNotifier(WebhookReceiverConfig config, HttpClientConfig http, TimeProvider time)
    {
        if (config.Payload is not null) throw new NotSupportedException("webhook_configs: payload is not built yet");
        if (config.Url?.Reveal().Contains("{{", StringComparison.Ordinal) == true) throw new NotSupportedException("webhook_configs: a template in url is not built yet");
        _config = config;
        _http = new HttpBlockClient(config.HttpConfig ?? http, time);
    }

    public string Integration => "webhook";

    public bool SendResolved => _config.SendResolved;

    public async Task<NotifyResult> SendAsync(Notification notification, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_config.Timeout > TimeSpan.Zero) timeout.CancelAfter(_config.Timeout);
        try
        {
            string url = _config.Url?.Reveal() ?? (await File.ReadAllTextAsync(_config.UrlFile, timeout.Token)).Trim();
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            request.Headers.UserAgent.ParseAdd(UserAgent);
            request.Content = new ReadOnlyMemoryContent(WebhookMessage.Write(notification, _config.MaxAlerts));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.SendAsync(request, timeout.Token);
            return ResultOf(response.StatusCode);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException or UriFormatException or InvalidOperationException)
        {
            return NotifyResult.Failed(retry: error is HttpRequestException or IOException, "other", Redacted(error));
        }
        catch (OperationCanceledException)
        {
            return NotifyResult.Failed(retry: !cancellation.IsCancellationRequested, "contextDeadlineExceeded", "no answer in time");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What an answer means.</summary>
    public static NotifyResult ResultOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => NotifyResult.Sent,
        401 or 403 => NotifyResult.Failed(false, "authError", $"unexpected status code {(int)status}"),
        429 => NotifyResult.Failed(false, "rateLimited", "unexpected status code 429"),
        >= 500 => NotifyResult.Failed(true, "serverError", $"unexpected status code {(int)status}"),
        _ => NotifyResult.Failed(false, "clientError", $"unexpected status code {(int)status}"),
    };

    // The URL is a secret (it may carry a token), and .NET names only host and port in these messages.
    private static string Redacted(Exception error) => error.InnerException is { } inner ? $"{error.Message} ({inner.Message})" : error.Message;
}
