using Streamline.Pipeline;
using Streamline.Web.Hosting;

namespace Streamline.Web.Api;

/// <summary><c>/-/healthy</c>, <c>/-/ready</c>, <c>/-/reload</c>, <c>/-/quit</c> (reference H27).</summary>
internal sealed class LifecycleApi(ServerState state, RunSettings settings, IHostApplicationLifetime lifetime)
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Change = [HttpMethods.Post, HttpMethods.Put];

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/-/healthy", Read, context => TextAsync(context, 200, "Streamline is Healthy.\n"));
        app.MapMethods("/-/ready", Read, context => TextAsync(context, 200, "Streamline is Ready.\n"));
        app.MapMethods("/-/reload", Change, ReloadAsync);
        app.MapMethods("/-/quit", Change, QuitAsync);
        foreach (string path in (string[])["/-/reload", "/-/quit"]) app.MapMethods(path, Read, context => TextAsync(context, 405, "Only POST or PUT requests allowed.\n"));
    }

    private async Task ReloadAsync(HttpContext context)
    {
        if (!settings.EnableLifecycle)
        {
            await TextAsync(context, 403, "Lifecycle API is not enabled; start with --web.enable-lifecycle.\n").ConfigureAwait(false);
            return;
        }
        try
        {
            await state.Host.ReloadAsync().ConfigureAwait(false);
        }
        catch (ConfigException error)
        {
            await TextAsync(context, 500, "failed to reload config:\n" + string.Join('\n', error.Errors) + "\n").ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The configuration is right, and something that it asks for cannot be done now.
            await TextAsync(context, 500, $"failed to reload config:\n{error.Message}\n").ConfigureAwait(false);
        }
    }

    private Task QuitAsync(HttpContext context)
    {
        if (!settings.EnableLifecycle) return TextAsync(context, 403, "Lifecycle API is not enabled; start with --web.enable-lifecycle.\n");
        lifetime.StopApplication();
        return TextAsync(context, 200, "Requesting termination... Goodbye!\n");
    }

    private static Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
