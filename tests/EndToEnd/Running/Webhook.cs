using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Streamline.EndToEnd.Running;

/// <summary>A webhook receiver on a free port that keeps what it is sent.</summary>
internal sealed class Webhook : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _messages = new();

    private Webhook()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/", async context =>
        {
            using var message = await JsonDocument.ParseAsync(context.Request.Body);
            _messages.Enqueue(message.RootElement.Clone());
        });
    }

    public string Url => _app.Urls.First() + "/";

    /// <summary>Alerts of all messages: status and labels.</summary>
    public IReadOnlyList<(string Status, JsonElement Labels)> Alerts =>
        [.. _messages.SelectMany(m => m.GetProperty("alerts").EnumerateArray()).Select(a => (a.GetProperty("status").GetString()!, a.GetProperty("labels")))];

    public IReadOnlyList<JsonElement> Messages => [.. _messages];

    public static async Task<Webhook> StartAsync()
    {
        var hook = new Webhook();
        await hook._app.StartAsync();
        return hook;
    }

    public Task<bool> HasAsync(string alert, string status) =>
        Task.FromResult(Alerts.Any(a => a.Status == status && a.Labels.GetProperty("alertname").GetString() == alert));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
