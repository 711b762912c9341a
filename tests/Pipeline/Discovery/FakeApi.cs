using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>A JSON API on a free port or a Unix socket: fixed answers by path and query, and by a part of the body where a key has one behind a #; 404 for everything else.</summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentDictionary<string, int> _refusals = new();

    private FakeApi(WebApplication app) => _app = app;

    public string Address => new Uri(_app.Urls.First()).Authority;

    /// <summary>Method, path, query and body of every request.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Headers of the last request.</summary>
    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    public string this[string pathAndQuery]
    {
        set => _answers[pathAndQuery] = value;
    }

    public static async Task<FakeApi> StartAsync(string? unixSocket = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (unixSocket is null) options.Listen(System.Net.IPAddress.Loopback, 0);
            else options.ListenUnixSocket(unixSocket);
        });
        var app = builder.Build();
        var api = new FakeApi(app);
        app.Run(api.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return api;
    }

    public void Refuse(string pathAndQuery, int status) => _refusals[pathAndQuery] = status;

    public void Forget(string pathAndQuery) => _answers.TryRemove(pathAndQuery, out _);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Headers = new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase));
        string url = context.Request.Path + Uri.UnescapeDataString(context.Request.QueryString.Value ?? "");
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        Asked.Enqueue($"{context.Request.Method} {url} {body}".TrimEnd());
        string? key = KeyOf(url, body);
        context.Response.StatusCode = _refusals.GetValueOrDefault(key ?? url, key is null ? 404 : 200);
        if (key is null) return;
        string answer = _answers[key];
        context.Response.ContentType = answer.StartsWith('<') ? "application/xml" : "application/json";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    // A key may ask for a part of the body behind a #.
    private string? KeyOf(string url, string body) => _answers.ContainsKey(url)
        ? url
        : _answers.Keys.Where(key => key.StartsWith(url + "#", StringComparison.Ordinal) && body.Contains(key[(url.Length + 1)..], StringComparison.Ordinal)).OrderByDescending(key => key.Contains("NextToken", StringComparison.Ordinal)).FirstOrDefault();
}
