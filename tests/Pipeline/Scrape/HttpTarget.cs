using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A real HTTP server on a free port of 127.0.0.1 whose answer the test sets.</summary>
internal sealed class HttpTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpTarget(WebApplication app) => _app = app;

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Headers of the last request.</summary>
    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    public string Query { get; private set; } = "";

    public string Address => new Uri(_app.Urls.First()).Authority;

    public static async Task<HttpTarget> StartAsync(string body = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var target = new HttpTarget(app);
        app.Run(context =>
        {
            target.Headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            target.Query = context.Request.QueryString.Value ?? "";
            return target.Answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        target.Says(body);
        return target;
    }

    public void Says(string body, string contentType = "text/plain; version=0.0.4") => Answer = context =>
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
