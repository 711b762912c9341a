using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streamline.Pipeline;
using Streamline.Web.Commands;
using Streamline.Web.Hosting;

namespace Streamline.Web.Tests.Api;

/// <summary>The real server in this process on a free port, with a push and a remote write source and two rules.</summary>
public class ApiFixture : IAsyncLifetime
{
    public const string Config = """
        global: {scrape_interval: 1h, evaluation_interval: 1h}
        pipelines:
          pushed: {sources: [{push: {}}, {remote_write: {}}]}
        rules:
          groups:
            - name: g
              rules:
                - {alert: Always, expr: vector(1), labels: {severity: none}, annotations: {summary: it fires}}
                - {record: one, expr: vector(1)}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-api-").FullName;
    private readonly HttpClient _http = new();
    private readonly ServerState _state = new();
    private WebApplication? _app;
    private PipelineHost? _host;

    /// <summary>What another fixture adds to the command line.</summary>
    protected virtual IReadOnlyList<string> MoreFlags => [];

    /// <summary>What is pushed at the start; nothing when empty.</summary>
    protected virtual string FirstBody => "# TYPE requests counter\n# HELP requests Requests.\nrequests{code=\"200\"} 10\nrequests{code=\"500\"} 2\nspecial NaN\n";

    /// <summary>How the push at the start is answered.</summary>
    protected virtual HttpStatusCode FirstPush => HttpStatusCode.OK;

    /// <summary>The configuration.</summary>
    protected virtual string Text => Config;

    public PipelineHost Host => _host!;

    public string DataPath => Path.Combine(_folder, "data");

    public string ConfigFile => Path.Combine(_folder, "pipeline.yaml");

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(ConfigFile, Text);
        var command = new Command("run");
        var read = FlagValues.AddTo(command, RunFlags.All);
        var flags = read(command.Parse(["--config.file=" + ConfigFile, "--storage.tsdb.path=" + Path.Combine(_folder, "data"), "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", .. MoreFlags]));
        var settings = RunSettings.From(flags);
        _app = WebServer.Build(settings, _state, logging => logging.ClearProviders());
        _host = PipelineHost.Open(settings.HostOptions(_app.Services.GetRequiredService<ILoggerFactory>(), settings.ExternalUrl));
        _state.Use(_host);
        await _app.StartAsync();
        _host.Start();
        Url = new Uri(_app.Urls.First());
        if (FirstBody.Length == 0) return;
        using var pushed = await SendAsync(HttpMethod.Put, "/metrics/job/test", FirstBody);
        Assert.Equal(FirstPush, pushed.StatusCode);
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, Action<HttpRequestMessage>? change = null, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(method, new Uri(Url, path)) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "text/plain") };
        change?.Invoke(request);
        return _http.SendAsync(request, cancellation);
    }

    /// <summary>Status code and the whole JSON answer.</summary>
    public async Task<(int Status, JsonElement Answer)> JsonAsync(string path)
    {
        using var reply = await SendAsync(HttpMethod.Get, path);
        using var document = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        return ((int)reply.StatusCode, document.RootElement.Clone());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.StopAsync();
        if (_host is not null) await _host.DisposeAsync();
        if (_app is not null) await _app.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
