using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Pipeline.Tests.Scrape;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Discovery;

/// <summary>Discovery by HTTP against a real server (reference D6, D2).</summary>
public sealed class HttpProviderTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly SteppedTime _time;
    private readonly Meter _meter = new("test");
    private readonly Channel<IReadOnlyList<TargetGroup>> _seen = Channel.CreateUnbounded<IReadOnlyList<TargetGroup>>();
    private readonly List<string> _failures = [];
    private HttpTarget _server = null!;
    private PolledProvider? _provider;

    public HttpProviderTests() => _time = new SteppedTime(_clock);

    public async ValueTask InitializeAsync() => _server = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task List_IsRead_AskedForAsPrometheusDoes()
    {
        _server.Says("""[{"targets": ["a:1", "a:2"], "labels": {"env": "x"}}, {"targets": ["b:1"]}]""", "application/json; charset=utf-8");
        using var subscription = Subscribe();
        var groups = await NextAsync();
        Assert.Equal(["a:1 a:2 x", "b:1 "], groups.Select(g => string.Join(' ', g.Targets.Select(t => t["__address__"])) + " " + g.Labels.GetValueOrDefault("env")));
        Assert.All(groups, g => Assert.Equal($"http://{_server.Address}/sd", g.Labels["__meta_url"]));
        Assert.Equal(("60", "application/json"), (_server.Headers["X-Prometheus-Refresh-Interval-Seconds"].ToString(), _server.Headers.Accept.ToString()));
    }

    [Theory]
    [InlineData("[]", "text/plain", 200)]
    [InlineData("{}", "application/json", 200)]
    [InlineData("[{", "application/json", 200)]
    [InlineData("[]", "application/json", 500)]
    public async Task WhatIsNoList_KeepsTheTargets(string body, string type, int status)
    {
        _server.Says("""[{"targets": ["a:1"]}]""", "application/json");
        using var subscription = Subscribe();
        Assert.Single(await NextAsync());
        await _time.ArmedAsync();
        _server.Answer = context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            return context.Response.WriteAsync(body);
        };
        await _time.StepAsync(Interval);
        Assert.False(_seen.Reader.TryRead(out _));
        Assert.Equal(["prometheus_sd_http_failures_total", "http/job"], _failures);
        Assert.StartsWith("http_sd_configs: ", _provider!.Problem, StringComparison.Ordinal);
        _server.Says("[]", "application/json");
        await _time.StepAsync(Interval);
        Assert.Empty(await NextAsync());
        Assert.Null(_provider.Problem);
    }

    [Fact]
    public async Task DeadServer_IsNoReasonToWait()
    {
        _server.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var subscription = Subscribe();
        Assert.Empty(await NextAsync());
    }

    private IDisposable Subscribe()
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter == _meter) l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => { if (value > 0 && instrument.Name.EndsWith("failures_total", StringComparison.Ordinal)) lock (_failures) _failures.Add(tags.Length == 0 ? instrument.Name : $"{tags[0].Value}/{tags[1].Value}"); });
        listener.Start();
        var config = new HttpSdConfig { Url = $"http://{_server.Address}/sd", RefreshInterval = Interval };
        var context = new DiscoveryContext("scrape", "job", _time, NullLogger.Instance, new DiscoveryMetrics(_meter));
        _provider = new PolledProvider("http", Interval, () => new HttpLister(config, context with { Time = TimeProvider.System }), context);
        return _provider.Groups.Subscribe(groups => _seen.Writer.TryWrite(groups));
    }

    private async Task<IReadOnlyList<TargetGroup>> NextAsync() => await _seen.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
