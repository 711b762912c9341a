using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Streamline.EndToEnd.Running;

/// <summary>A target on a free port of loopback: each path answers a body made from the number of scrapes that the path has had.</summary>
internal sealed class Exporter : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Exporter()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
    }

    public string Address => new Uri(_app.Urls.First()).Authority;

    public static async Task<Exporter> StartAsync(params (string Path, string ContentType, Func<int, byte[]> Body)[] pages)
    {
        var exporter = new Exporter();
        foreach (var (path, contentType, body) in pages)
        {
            int scrapes = 0;
            exporter._app.MapGet(path, async (HttpContext context) =>
            {
                int number = Interlocked.Increment(ref scrapes);
                context.Response.ContentType = contentType;
                await context.Response.Body.WriteAsync(body(number));
            });
        }
        await exporter._app.StartAsync();
        return exporter;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
