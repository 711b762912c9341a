using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Tests.Alerting;

/// <summary>A webhook receiver in this process.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<JsonDocument> _received = Channel.CreateUnbounded<JsonDocument>();

    private WebhookServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/hook";

    public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

    public static async Task<WebhookServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new WebhookServer(app);
        app.MapPost("/hook", server.Take);
        await app.StartAsync();
        return server;
    }

    /// <summary>All messages so far.</summary>
    public List<JsonElement> Drain()
    {
        var all = new List<JsonElement>();
        while (_received.Reader.TryRead(out JsonDocument? message)) all.Add(message.RootElement);
        return all;
    }

    /// <summary>The next message; a test that waits in vain fails.</summary>
    public async Task<JsonElement> NextAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        return (await _received.Reader.ReadAsync(deadline.Token)).RootElement;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        _received.Writer.TryWrite(await JsonDocument.ParseAsync(context.Request.Body));
        context.Response.StatusCode = (int)Answer;
    }
}
