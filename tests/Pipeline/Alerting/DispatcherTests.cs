using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Alerting;

public sealed class DispatcherTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly Meter _meter = new("test");
    private readonly string _folder = Directory.CreateTempSubdirectory("dispatch-").FullName;
    private WebhookServer _server = null!;
    private Dispatcher _dispatcher = null!;

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask InitializeAsync()
    {
        _server = await WebhookServer.StartAsync();
        _dispatcher = NewDispatcher();
    }

    public async ValueTask DisposeAsync()
    {
        _dispatcher.Dispose();
        await _server.DisposeAsync();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task GroupWaitZero_NotifiesAtOnce_InAlertmanagersJson()
    {
        Commit(Config(wait: 0, groupBy: ["alertname"]));
        Fire("High", ("host", "a"));
        var message = Assert.Single(await RunAsync());
        Assert.Equal("hook", message.GetProperty("receiver").GetString());
        Assert.Equal("firing", message.GetProperty("status").GetString());
        Assert.Equal("4", message.GetProperty("version").GetString());
        Assert.Equal("""{}:{alertname="High"}""", message.GetProperty("groupKey").GetString());
        Assert.Equal(0, message.GetProperty("truncatedAlerts").GetInt32());
        Assert.Equal("http://me", message.GetProperty("externalURL").GetString());
        Assert.Equal("""{"alertname":"High"}""", message.GetProperty("groupLabels").GetRawText());
        Assert.Equal("""{"alertname":"High","host":"a"}""", message.GetProperty("commonLabels").GetRawText());
        Assert.Equal("""{"text":"t"}""", message.GetProperty("commonAnnotations").GetRawText());
        var alert = message.GetProperty("alerts")[0];
        Assert.Equal("2023-11-14T22:13:20Z", alert.GetProperty("startsAt").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", alert.GetProperty("endsAt").GetString());
        Assert.Equal("http://gen", alert.GetProperty("generatorURL").GetString());
        Assert.Equal(16, alert.GetProperty("fingerprint").GetString()!.Length);
    }

    [Fact]
    public async Task GroupWait_HoldsTheFirst_GroupIntervalTheNext()
    {
        Commit(Config(wait: 30, interval: 60));
        Fire("A");
        Assert.Empty(await RunAsync());
        Assert.Empty(await AdvanceAsync(29));
        Fire("B");
        Assert.Equal(["A", "B"], Names(Assert.Single(await AdvanceAsync(2))));
        Fire("C");
        Assert.Empty(await AdvanceAsync(58));
        Assert.Equal(["A", "B", "C"], Names(Assert.Single(await AdvanceAsync(3))));
        Assert.Empty(await AdvanceAsync(300));
    }

    [Fact]
    public async Task Repeat_ComesAfterRepeatInterval()
    {
        Commit(Config(wait: 0, interval: 60, repeat: 600));
        Fire("A", seconds: 100_000);
        Assert.Single(await RunAsync());
        Assert.Empty(await AdvanceAsync(590, step: 10));
        var again = Assert.Single(await AdvanceAsync(90, step: 10));
        Assert.Equal("repeat interval elapsed", again.GetProperty("notification_reason").GetString());
    }

    [Fact]
    public async Task Resolved_IsToldOnce_AndTheGroupGoes()
    {
        Commit(Config(wait: 0, interval: 60));
        Fire("A");
        Assert.Single(await RunAsync());
        Resolve("A");
        var resolved = Assert.Single(await AdvanceAsync(61));
        Assert.Equal("resolved", resolved.GetProperty("status").GetString());
        Assert.Equal(["A"], Names(resolved));
        Assert.Empty(await AdvanceAsync(600));
    }

    [Fact]
    public async Task ResolvedBeforeTheFirstFlush_IsNeverTold()
    {
        Commit(Config(wait: 30));
        Fire("A");
        await RunAsync();
        Resolve("A");
        Assert.Empty(await AdvanceAsync(100));
    }

    [Fact]
    public async Task EndsAtPassed_WithoutWord_CountsAsResolved()
    {
        Commit(Config(wait: 0, interval: 60));
        Fire("A", seconds: 100);
        Assert.Single(await RunAsync());
        Assert.Equal("resolved", Assert.Single(await AdvanceAsync(121)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task SendResolvedFalse_HearsFiringsOnly()
    {
        Commit(Config(wait: 0, interval: 60, sendResolved: false));
        Fire("A");
        Assert.Single(await RunAsync());
        Resolve("A");
        Assert.Empty(await AdvanceAsync(121));
        Fire("A");
        Assert.Single(await AdvanceAsync(61));
    }

    [Fact]
    public async Task Restart_DoesNotTellAgainBeforeRepeatInterval()
    {
        Commit(Config(wait: 0, interval: 60, repeat: 3600));
        Fire("A", seconds: 100_000);
        Assert.Single(await RunAsync());
        await AdvanceAsync(1);
        _dispatcher.Dispose();
        _dispatcher = NewDispatcher();
        Commit(Config(wait: 0, interval: 60, repeat: 3600));
        Fire("A", seconds: 100_000);
        Assert.Empty(await AdvanceAsync(300));
        Fire("B");
        Assert.Single(await AdvanceAsync(61));
    }

    [Fact]
    public async Task Drain_SendsWhatWasPosted_AndRemembersIt()
    {
        Commit(Config(wait: 0));
        _dispatcher.Start();
        Fire("A");
        await _dispatcher.DrainAsync(TimeSpan.FromSeconds(10));
        Assert.Single(_server.Drain());
        _dispatcher.Dispose();
        _dispatcher = NewDispatcher();
        Commit(Config(wait: 0));
        Fire("A");
        Assert.Empty(await RunAsync());
    }

    [Fact]
    public async Task Reload_KeepsAlerts_AndTellsNothingTwice()
    {
        Commit(Config(wait: 0, interval: 60));
        Fire("A", seconds: 100_000);
        Assert.Single(await RunAsync());
        Commit(Config(wait: 0, interval: 60));
        Assert.Empty(await AdvanceAsync(200));
    }

    [Fact]
    public async Task FinalRefusal_IsTriedAgainAtTheNextFlush()
    {
        Commit(Config(wait: 0, interval: 60));
        _server.Answer = HttpStatusCode.BadRequest;
        Fire("A", seconds: 100_000);
        Assert.Single(await RunAsync());
        _server.Answer = HttpStatusCode.OK;
        Assert.Single(await AdvanceAsync(61));
        Assert.Empty(await AdvanceAsync(61));
    }

    [Fact]
    public async Task MaxAlerts_Truncates()
    {
        Commit(Config(wait: 0, maxAlerts: 2));
        foreach (string name in (string[])["A", "B", "C"]) Fire(name);
        var message = Assert.Single(await RunAsync());
        Assert.Equal((2, 1), (message.GetProperty("alerts").GetArrayLength(), message.GetProperty("truncatedAlerts").GetInt32()));
    }

    [Fact]
    public async Task Inhibition_KeepsTargetsQuiet_WhileTheSourceFires()
    {
        Commit(Config(wait: 0, interval: 60, groupBy: ["..."]) with
        {
            InhibitRules = [new InhibitRuleConfig
            {
                AllSourceMatchers = [new MatcherConfig(MatchOperator.Equal, "alertname", "Down")],
                AllTargetMatchers = [new MatcherConfig(MatchOperator.Equal, "alertname", "Slow")],
                Equal = ["host"],
            }],
        });
        Fire("Down", ("host", "a"));
        Fire("Slow", ("host", "a"));
        Fire("Slow", ("host", "b"));
        var told = (await RunAsync()).Select(m => m.GetProperty("groupKey").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(["""{}:{alertname="Down", host="a"}""", """{}:{alertname="Slow", host="b"}"""], told);
        Resolve("Down", ("host", "a"));
        Assert.Contains(await AdvanceAsync(61), m => m.GetProperty("groupKey").GetString() == """{}:{alertname="Slow", host="a"}""");
    }

    [Fact]
    public async Task MuteTimeInterval_HoldsTheRoute()
    {
        var config = Config(wait: 0, interval: 60);
        Commit(config with
        {
            Route = config.Route! with { MuteTimeIntervals = ["evening"] },
            TimeIntervals = [new TimeIntervalConfig
            {
                Name = "evening",
                TimeIntervals = [new TimeRangeConfig { Times = [new TimeOfDayConfig { StartTime = new ClockTime(22 * 60), EndTime = new ClockTime(22 * 60 + 15) }] }],
            }],
        });
        Fire("A", seconds: 100_000);
        Assert.Empty(await RunAsync());
        Assert.Single(await AdvanceAsync(180));
    }

    public static TheoryData<string, string, string> Routes => new()
    {
        { "severity=page", "page", """{}/{severity="page"}:{}""" },
        { "severity=page team=db", "db", """{}/{severity="page"}/{team="db"}:{}""" },
        { "severity=warn", "hook", "{}:{}" },
        { "team=both", "both1,both2", """{}/{team="both"}:{}""" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public void Match_GivesAlertmanagersRoutes(string labels, string receivers, string key)
    {
        var root = Route.Build(new RouteConfig
        {
            Receiver = "hook",
            GroupBy = [],
            Routes =
            [
                Child("page", "severity", "page") with { Routes = [Child("db", "team", "db")] },
                Child("both1", "team", "both") with { Continue = true },
                Child("both2", "team", "both"),
                Child("never", "severity", "warn") with { AllMatchers = [new MatcherConfig(MatchOperator.Regex, "severity", "war")] },
            ],
        });
        var builder = new LabelsBuilder();
        foreach (string pair in labels.Split(' ')) builder.Set(pair.Split('=')[0], pair.Split('=')[1]);
        var taken = new List<Route>();
        root.Match(builder.Build(), taken);
        Assert.Equal(receivers, string.Join(",", taken.Select(r => r.Receiver)));
        Assert.Equal(key, new AlertGroup(taken[0], taken[0].GroupLabels(builder.Build())).Key);
    }

    private static RouteConfig Child(string receiver, string name, string value) =>
        new() { Receiver = receiver, AllMatchers = [new MatcherConfig(MatchOperator.Equal, name, value)] };

    private Dispatcher NewDispatcher() =>
        new(new DispatcherSetup { JournalPath = _folder, Time = _time, Meter = _meter, Logger = NullLogger.Instance, ExternalUrl = "http://me" });

    private AlertmanagerConfig Config(double wait, double interval = 300, double repeat = 14_400, bool sendResolved = true, int maxAlerts = 0, string[]? groupBy = null) => new()
    {
        Route = new RouteConfig
        {
            Receiver = "hook",
            GroupBy = groupBy ?? [],
            GroupWait = TimeSpan.FromSeconds(wait),
            GroupInterval = TimeSpan.FromSeconds(interval),
            RepeatInterval = TimeSpan.FromSeconds(repeat),
        },
        Receivers = [new ReceiverConfig { Name = "hook", WebhookConfigs = [new WebhookReceiverConfig { Url = new Secret(_server.Url), SendResolved = sendResolved, MaxAlerts = maxAlerts }] }],
    };

    private void Commit(AlertmanagerConfig config) => _dispatcher.Commit(DispatchModel.Build(config, _time, NullLogger.Instance));

    private void Fire(string name, params (string, string)[] labels) => Fire(name, 3600, labels);

    private void Fire(string name, double seconds, params (string, string)[] labels) =>
        _dispatcher.Post([new AlertUpdate(Labels.Of([("alertname", name), .. labels]), [new("text", "t")], Now, Now + (long)(seconds * 1000), "http://gen", Now)]);

    private void Resolve(string name, params (string, string)[] labels) =>
        _dispatcher.Post([new AlertUpdate(Labels.Of([("alertname", name), .. labels]), [new("text", "t")], Now - 1000, Now, "http://gen", Now)]);

    private async Task<List<JsonElement>> RunAsync()
    {
        _dispatcher.RunDue();
        await _dispatcher.WhenIdle();
        _dispatcher.RunDue();
        return _server.Drain();
    }

    private async Task<List<JsonElement>> AdvanceAsync(double seconds, double step = 1)
    {
        var all = new List<JsonElement>();
        for (double done = 0; done < seconds; done += step)
        {
            _time.Advance(TimeSpan.FromSeconds(step));
            all.AddRange(await RunAsync());
        }
        return all;
    }

    private static List<string> Names(JsonElement message) => [.. message.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("labels").GetProperty("alertname").GetString()!)];
}
