using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Rules;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Alerting;

/// <summary>The real threads and the real clock: a committed sample calls the webhook long before the rule's slot.</summary>
public sealed class SampleToWebhookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latency-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Commit_CallsTheWebhook_BeforeAnySlot()
    {
        await using var server = await WebhookServer.StartAsync();
        using var meter = new Meter("test");
        using var tsdb = Tsdb.Open(new TsdbOptions { Path = Path.Combine(_folder, "data") });
        using var engine = new QueryEngine(tsdb, new QueryEngineOptions());
        using var dispatcher = new Dispatcher(new DispatcherSetup { JournalPath = _folder, Time = TimeProvider.System, Meter = meter, Logger = NullLogger.Instance });
        dispatcher.Commit(DispatchModel.Build(
            new AlertmanagerConfig
            {
                Route = new RouteConfig { Receiver = "hook", GroupWait = TimeSpan.Zero },
                Receivers = [new ReceiverConfig { Name = "hook", WebhookConfigs = [new WebhookReceiverConfig { Url = new Secret(server.Url) }] }],
            },
            TimeProvider.System, NullLogger.Instance));
        var target = new CommitTarget(tsdb);
        using var rules = new LiveRules(new LiveRulesSetup
        {
            Parse = text => PromqlParser.Parse(text),
            Evaluate = engine.Instant,
            Resolve = tsdb.Resolve,
            IsLive = tsdb.IsLive,
            WatchSeries = tsdb.WatchSeries,
            Target = target,
            Alerts = dispatcher,
            JournalPath = Path.Combine(_folder, "alerts"),
            Time = TimeProvider.System,
            Meter = meter,
            Logger = NullLogger.Instance,
        });
        var rule = new RuleConfig { Alert = "High", Expr = "load > 10" };
        rules.Commit(rules.Prepare([new RuleGroupConfig { File = "f", Name = "g", Interval = TimeSpan.FromDays(1), Rules = [rule] }], new GlobalConfig()));
        dispatcher.Start();
        rules.Start();

        var batch = new SampleBatch("test");
        batch.Add(tsdb.Resolve(Labels.Of(("__name__", "load"))), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 11);
        tsdb.Commit(batch);
        rules.OnCommitted(batch);
        batch.Release();

        var message = await server.NextAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("High", message.GetProperty("alerts")[0].GetProperty("labels").GetProperty("alertname").GetString());
    }

    private sealed class CommitTarget(Tsdb tsdb) : IBatchTarget
    {
        public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation)
        {
            batch.Complete(tsdb.Commit(batch));
            batch.Release();
            return ValueTask.FromResult(true);
        }

        public bool TrySend(SampleBatch batch) => throw new NotSupportedException();
    }
}
