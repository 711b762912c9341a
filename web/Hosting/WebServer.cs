using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Streamline.Web.Api;
using Streamline.Web.Security;

namespace Streamline.Web.Hosting;

/// <summary>The HTTP side: one Kestrel on the listen addresses with the API, the receivers, the lifecycle endpoints and the user interface.</summary>
internal static class WebServer
{
    /// <summary>Builds the server; the host may still be closed: until it is ready, everything but <c>/-/healthy</c> answers 503.</summary>
    public static WebApplication Build(RunSettings settings, ServerState state, Action<ILoggingBuilder> logging)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        logging(builder.Logging);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddResponseCompression(options =>
        {
            // Answers hold nothing secret that an attacker could guess at through their size.
            options.EnableForHttps = true;
            options.MimeTypes = ["application/json", "text/plain", "text/html", "text/css", "text/javascript", "image/svg+xml", "application/javascript", "application/vnd.google.protobuf"];
            options.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        // Without a look whether there is something to read before each read: a body of 60 kB comes in 15 reads (system time of remote
        // write 0.114 -> 0.099 CPU-s per million samples). Costs 4 kB for an idle connection.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
            // A large answer is written while the client reads the part before it; with the usual 64 kB each piece waited for the client to have read the last.
            kestrel.Limits.MaxResponseBufferSize = 512 << 10;
            kestrel.Limits.KeepAliveTimeout = settings.ReadTimeout;
            kestrel.Limits.MaxRequestBodySize = IngestApi.MaxBodyBytes;
            foreach (var address in settings.Listen) kestrel.Listen(address);
        });
        var app = builder.Build();
        Map(app, settings, state);
        return app;
    }

    private static void Map(WebApplication app, RunSettings settings, ServerState state)
    {
        var guard = new RequestGuard(settings.ListenHosts, settings.ExternalUrlGiven ? settings.ExternalUrl : null);
        app.Use(next => context => guard.InvokeAsync(context, next));
        app.Use(next => context => state.InvokeAsync(context, next));
        app.UseResponseCompression();
        app.UseRouting();
        app.Use(next => context => state.CountAsync(context, next));
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var routes = new ApiRoutes(app, logs.CreateLogger<ApiRoutes>());
        new QueryApi(state, TimeProvider.System).Map(routes);
        new SeriesApi(state).Map(routes);
        new ExemplarApi(state).Map(routes);
        new StatusApi(state, settings).Map(routes);
        new RulesApi(state).Map(routes);
        new TargetsApi(state).Map(routes);
        new PipelineApi(state).Map(routes);
        new PushApi(state, settings).Map(routes);
        new LiveApi(state, app.Lifetime).Map(routes);
        new AdminApi(state, settings).Map(routes);
        new IngestApi(state).Map(app, routes);
        new FederateApi(state, TimeProvider.System, logs.CreateLogger<FederateApi>()).Map(app);
        new LifecycleApi(state, settings, app.Lifetime).Map(app);
        SchemaApi.Map(app);
        routes.MapUnknown();
        var ui = new UiAssets();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context =>
        {
            context.Response.Redirect("query" + context.Request.QueryString);
            return Task.CompletedTask;
        });
        // The default pattern leaves out paths that look like files: the interface's scripts.
        app.MapFallback("{*path}", ui.ServeAsync);
        state.Handlers = RequestMetrics.HandlersOf(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints));
    }
}
