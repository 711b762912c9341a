using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Query;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Graph;

/// <summary>The door of the project over a configuration file: what a reload keeps and changes, what a pipeline's stages do to what comes in.</summary>
public sealed class PipelineHostTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-graph-").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly SteppedTime _time;
    private PipelineHost? _host;

    public PipelineHostTests() => _time = new SteppedTime(_clock);

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task EqualReload_KeepsSourcesAndArrows()
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}, {remote_write: {}}]}}");
        await PushAsync("a 1\n");
        await WriteAsync("w", 0);
        await host.ReloadAsync();
        Assert.Equal("1", Node("p/push/1").Details["groups"]);
        Assert.Equal(1, Edge("p/push/1->append").Batches);
        await PushAsync("a 2\n");
        Assert.Equal(["a{job=j} 1 2"], StoredText.Of(host.Store, "a"));
        Assert.Equal(2, Edge("p/push/1->append").Batches);
    }

    [Fact]
    public async Task EvaluationInterval_IsTheStepOfSubqueries_AfterAReloadToo()
    {
        var host = Start("global: {evaluation_interval: 10s}");
        Assert.Equal(6, await CountAsync());
        await ReloadAsync("global: {evaluation_interval: 20s}");
        Assert.Equal(3, await CountAsync());

        async Task<double> CountAsync()
        {
            var result = await host.Query.InstantAsync("count_over_time(vector(1)[1m:])", 600_000, QueryParameters.Default, TestContext.Current.CancellationToken);
            return Assert.Single(result.Series).Values.Span[0];
        }
    }

    // Boxes and arrows, whatever has passed them.
    [Theory]
    [InlineData("pipelines: {p: {sources: [{push: {}}, {self: {}}], stages: [{limit: {active_series: 9, on_limit: aggregate_away, labels: [x]}}, {aggregate: {match: m, by: [job], outputs: [sum]}}, {relabel: [{target_label: a, replacement: b}]}, {drop: {match: x}}]}}")]
    [InlineData("pipelines: {p: {sources: [{push: {}}], stages: [{sample: {match: m, interval: 1s}, name: s}, {limit: {active_series: 9, on_limit: aggregate_away, labels: [x]}, name: l}]}}")]
    [InlineData("pipelines: {p: {sources: [{push: {}}], stages: [{relabel: }, {limit: {active_series: 9}}]}}\nscrape_configs: [{job_name: j}]\nsinks: {lake: {parquet: {path: lake}}}")]
    [InlineData("alertmanager: {route: {receiver: a}, receivers: [{name: a}]}")]
    [InlineData("alertmanager: {route: {receiver: a}, receivers: [{name: a}]}\nrules: {groups: [{name: g, rules: [{record: r, expr: '1'}]}]}")]
    public void GraphOfAFile_IsTheRunningOne(string yaml)
    {
        var host = Start(yaml);
        Assert.Equal(Drawn(PipelineHost.GraphText(Path.Combine(_folder, "pipeline.yaml"), mermaid: true)), Drawn(Pipeline.Graph.GraphPlan.ToMermaid(host.Graph())));

        static IEnumerable<string> Drawn(string mermaid) => mermaid.Split('\n').Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task ChangedStages_AreUsedFromTheNextBatchOn_SourcesStay()
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}, {remote_write: {}}]}}");
        await PushAsync("a 1\nb 1\n");
        await WriteAsync("w", 0);
        await ReloadAsync("pipelines: {p: {sources: [{push: {}}, {remote_write: {}}], stages: [{drop: {match: 'b'}}, {relabel: [{target_label: site, replacement: x}]}]}}");
        Assert.Equal("1", Node("p/push/1").Details["groups"]);
        Later();
        await PushAsync("a 2\nb 2\n");
        await WriteAsync("w", 1000);
        Assert.Equal(["a{job=j,site=x} 2", "a{job=j} 1 stale"], Order(StoredText.Of(host.Store, "a")));
        Assert.Equal(["b{job=j} 1 stale"], StoredText.Of(host.Store, "b"));
        Assert.Equal(["w 1", "w{site=x} 1"], Order(StoredText.Of(host.Store, "w")));
        Assert.Equal(1, Edge("p/push/1->p/drop/0").Dropped["dropped"]);
        Assert.Empty(Edge("p/drop/0->p/relabel/1").Dropped);
    }

    [Fact]
    public async Task RemovedSource_Stops_AndLeavesThePicture()
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}, {remote_write: {}}]}}");
        await WriteAsync("w", 0);
        await ReloadAsync("pipelines: {p: {sources: [{push: {}}]}}");
        Assert.Equal(404, await WriteAsync("w", 1));
        Assert.DoesNotContain(host.Graph().Nodes, n => n.Id == "p/remote_write/1");
        Assert.DoesNotContain(host.Graph().Edges, e => e.From == "p/remote_write/1");
        await ReloadAsync("pipelines: {q: {sources: [{remote_write: {}}]}}");
        Assert.Equal(204, await WriteAsync("w", 2));
        Assert.Equal(404, (await host.PushAsync(new PushRequest("/metrics/job/j", "a 1\n"u8.ToArray(), "", true))).StatusCode);
        Assert.Equal(["w 1 1"], StoredText.Of(host.Store, "w"));
    }

    [Fact]
    public async Task SeriesOfRemovedSources_End()
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}, {remote_write: {}}, {host: {interval: 17s, proc_path: /nowhere}}]}}");
        await PushAsync("a 1\n");
        // It sleeps when its first round is stored.
        await _time.ArmedForAsync(TimeSpan.FromMilliseconds(17_000 - NowMs % 17_000));
        Assert.Single(StoredText.Of(host.Store, "node_time_seconds"));
        await ReloadAsync("pipelines: {p: {sources: [{remote_write: {}}]}}");
        Assert.Equal(["a{job=j} 1 stale"], StoredText.Of(host.Store, "a"));
        // Answered behind what the source has sent at its end.
        await WriteAsync("w", 0);
        Assert.EndsWith(" 1 stale", StoredText.Of(host.Store, "up")[0], StringComparison.Ordinal);
        Assert.EndsWith(" stale", StoredText.Of(host.Store, "node_time_seconds")[0], StringComparison.Ordinal);
    }

    // The markers come an interval after the reload: the job's own chain has drained by then.
    [Theory]
    [InlineData("pipelines: {p: {sources: [{push: {}}], stages: [{drop: {match: x}}, {sample: {match: y, interval: 1s}}]}}")]
    [InlineData("pipelines: {q: {sources: [{push: {}}]}}")]
    public async Task SeriesOfAJob_End_AlthoughTheReloadTookItsChainToo(string yaml)
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}, {scrape: {job_name: j, scrape_interval: 1s, static_configs: [{targets: ['127.0.0.1:1']}]}}], stages: [{sample: {match: z, interval: 1s}}]}}");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (StoredText.Of(host.Store, "up").Count == 0) await StepAsync(limit.Token);
        await ReloadAsync(yaml);
        while (!StoredText.Of(host.Store, "up")[0].EndsWith(" stale", StringComparison.Ordinal)) await StepAsync(limit.Token);
    }

    [Theory]
    [InlineData("pipelines: {p: {sources: [{push: {}}], stages: [{derive: {record: r, expr: 'rate(a[1m])'}}]}}")]
    [InlineData("pipelines: {p: {sources: [{push: {}}]}}\nsinks: {s: {remote_write: {url: 'http://127.0.0.1:1'}}}")]
    [InlineData("nonsense: [")]
    public async Task BadReload_ChangesNothing(string yaml)
    {
        var host = Start("pipelines: {p: {sources: [{push: {}}]}}");
        await PushAsync("a 1\n");
        await Assert.ThrowsAsync<ConfigException>(() => ReloadAsync(yaml));
        Assert.False(host.LastReloadSucceeded);
        await PushAsync("a 2\n");
        Assert.Equal(["a{job=j} 1 2"], StoredText.Of(host.Store, "a"));
    }

    [Fact]
    public async Task AggregatedInputs_AreAnsweredAsStored_AndOnlyTheirFoldIsKept()
    {
        var host = Start("pipelines: {p: {sources: [{remote_write: {}}], stages: [{aggregate: {match: m, by: [job], interval: 10s, outputs: [sum], keep_input: false}}]}}");
        long start = NowMs - NowMs % 10_000;
        Assert.Equal(204, await WriteAsync(new WriteRequest().Series(["__name__=m", "i=1", "job=a"], (start - 40_000, 1)).Series(["__name__=m", "i=2", "job=a"], (start - 39_000, 2))));
        Assert.Equal(204, await WriteAsync(new WriteRequest().Series(["__name__=m", "i=1", "job=a"], (start - 20_000, 5))));
        Assert.Equal(["m:10s_by_job_sum{job=a} 3"], StoredText.Of(host.Store, "m:10s_by_job_sum"));
        Assert.Empty(StoredText.Of(host.Store, "m"));
        Assert.Equal(3, Edge("p/aggregate/0->append").Dropped["dropped"]);
    }

    // Acknowledged, and in a window that is open: the next process goes on with it.
    [Fact]
    public async Task Restart_GoesOnWithTheOpenWindows()
    {
        const string Yaml = "pipelines: {p: {sources: [{remote_write: {}}], stages: [{aggregate: {match: m, interval: 10s, outputs: [sum, total]}}, {derive: {record: r, expr: 'sum(other)'}}]}}";
        var host = Start(Yaml);
        long start = NowMs - NowMs % 10_000;
        Assert.Equal(204, await WriteAsync(new WriteRequest().Series(["__name__=m", "i=1"], (start - 40_000, 4)).Series(["__name__=other", "i=1"], (NowMs, 4)).Series(["__name__=other", "i=2"], (NowMs, 5))));
        Assert.Equal(["r 9"], StoredText.Of(host.Store, "r"));
        await host.DisposeAsync();
        host = Start(Yaml);
        Assert.Equal(204, await WriteAsync(new WriteRequest().Series(["__name__=m", "i=1"], (start - 35_000, 10)).Series(["__name__=m", "i=2"], (start - 34_000, 1))));
        Assert.Equal(204, await WriteAsync(new WriteRequest().Series(["__name__=m", "i=1"], (start - 20_000, 10))));
        Assert.Equal(["m:10s_sum 11"], StoredText.Of(host.Store, "m:10s_sum"));
        Assert.Equal(["m:10s_total 6"], StoredText.Of(host.Store, "m:10s_total"));
    }

    [Fact]
    public async Task ReloadOfAnotherStage_KeepsTheWindows_OfTheStageItself_ClosesThem()
    {
        const string Aggregate = "{name: a, aggregate: {match: m, interval: 10s, outputs: [total]}}";
        var host = Start("pipelines: {p: {sources: [{remote_write: {}}], stages: [" + Aggregate + "]}}");
        long start = NowMs - NowMs % 10_000;
        await WriteAsync(new WriteRequest().Series(["__name__=m"], (start - 60_000, 4)));
        await ReloadAsync("pipelines: {p: {sources: [{remote_write: {}}], stages: [{drop: {match: x}}, " + Aggregate + "]}}");
        Assert.Empty(StoredText.Of(host.Store, "m:10s_total"));
        await WriteAsync(new WriteRequest().Series(["__name__=m"], (start - 58_000, 10)));
        await WriteAsync(new WriteRequest().Series(["__name__=m"], (start - 35_000, 10)));
        Assert.Equal(["m:10s_total 6"], StoredText.Of(host.Store, "m:10s_total"));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "data", "streamline", "aggregate")));
        await ReloadAsync("pipelines: {p: {sources: [{remote_write: {}}]}}");
        // Answered behind what the stage has sent.
        await WriteAsync("w", 0);
        Assert.Equal(["m:10s_total 6 6 6"], StoredText.Of(host.Store, "m:10s_total"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "data", "streamline", "aggregate")));
    }

    // From the door to the store: the feature, a remote write 2.0 request, a 0 at the counter's start.
    [Fact]
    public async Task StartTimestamps_BecomeSamples_WithTheFeature()
    {
        var host = Start("pipelines: {p: {sources: [{remote_write: {}}]}}", o => o with { Features = ["created-timestamp-zero-ingestion"] });
        var request = new WriteRequestV2().Series(["__name__=a"], WriteRequestV2.Sample(NowMs, 7, NowMs - 1000));
        var answer = await host.WriteAsync(request.Body, "application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy");
        Assert.Equal((204, new WrittenCounts(1, 0, 0)), (answer.StatusCode, answer.Written));
        Assert.Equal(["a 0 7"], StoredText.Of(host.Store, "a"));
    }

    // As Prometheus refuses it.
    [Theory]
    [InlineData("{}", "st-storage")]
    [InlineData("storage: {tsdb: {chunk_encoding: {floats: xor}}}", "st-storage", "xor2-encoding")]
    public void StartTimestampStorage_InChunksWithoutThem_IsRefused(string config, params string[] features)
    {
        var error = Assert.Throws<ConfigException>(() => Start(config, o => o with { Features = features }));
        Assert.Contains("st-storage", Assert.Single(error.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "st-storage", "xor2-encoding")]
    [InlineData("storage: {tsdb: {chunk_encoding: {floats: xor2}}}")]
    public void Xor2_IsWhatBlocksAreWrittenIn(string config, params string[] features) =>
        Assert.Equal(FloatChunkEncoding.Xor2, Start(config, o => o with { Features = features }).Store.FloatChunks);

    [Fact]
    public async Task Metrics_StandOnce_HoweverOftenAReceiverIsMade()
    {
        var host = Start("pipelines: {p: {sources: [{remote_write: {}}]}}");
        await WriteAsync("w", 0);
        await ReloadAsync("pipelines: {q: {sources: [{remote_write: {}}]}}");
        await WriteAsync("w", 1);
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        host.WriteMetrics(text);
        var lines = Encoding.UTF8.GetString(text.WrittenSpan).Split('\n').Where(l => l.StartsWith("streamline_remote_write_requests_total", StringComparison.Ordinal));
        Assert.Equal(["streamline_remote_write_requests_total 2"], lines);
    }

    [Fact]
    public async Task FullHead_IsCutWithoutWaitingForTheTimer()
    {
        var host = Start("pipelines: {p: {sources: [{remote_write: {}}]}}");
        var written = new TaskCompletionSource<BlockInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.BlockWritten += block => written.TrySetResult(block);
        await WriteAsync("w", -4 * 3600_000);
        await WriteAsync("w", 0);
        var found = await written.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(1, found.NumSamples);
    }

    [Theory]
    [InlineData("{}", 0, 0, 15 * 24)]
    [InlineData("{}", 48, 0, 48)]
    [InlineData("{}", 0, 1000, 0)]
    [InlineData("{retention: {time: 1d}}", 48, 1000, 24)]
    [InlineData("{retention: {size: 1GB}}", 0, 0, 0)]
    [InlineData("{retention: {size: 1GB}}", 48, 0, 48)]
    [InlineData("{retention: {percentage: 50}}", 0, 0, 0)]
    public void Retention_IsTheConfigurationsThenTheFlagsThen15Days(string tsdb, int flagHours, long flagBytes, int hours)
    {
        var host = Start($"storage: {{tsdb: {tsdb}}}", o => o with { RetentionMs = flagHours * 3600_000L, RetentionBytes = flagBytes });
        Assert.Equal(hours * 3600_000L, host.RetentionMs);
    }

    [Fact]
    public async Task RetentionAndFsync_AreTakenAtStartAndAtAReload()
    {
        var host = Start("storage: {tsdb: {retention: {time: 2d, size: 1536MB}, wal: {fsync: commit}}}");
        Assert.Equal((new RetentionLimits(48 * 3600_000L, 1536L << 20), FsyncPolicy.Commit, "2d or 1GiB512MiB"), (host.Store.Retention, host.Store.Fsync, host.RetentionText));
        await ReloadAsync("storage: {tsdb: {retention: {percentage: 12.5}, wal: {fsync: never}}}");
        Assert.Equal((new RetentionLimits(0, 0, 12.5), FsyncPolicy.Never, "12.5%"), (host.Store.Retention, host.Store.Fsync, host.RetentionText));
        await ReloadAsync("{}");
        Assert.Equal((new RetentionLimits(15 * 24 * 3600_000L), FsyncPolicy.Interval, "15d"), (host.Store.Retention, host.Store.Fsync, host.RetentionText));
    }

    [Fact]
    public async Task OutOfOrderWindow_IsTakenAtStartAndAtAReload()
    {
        var host = Start("storage: {tsdb: {out_of_order_time_window: 30m}}", o => o with { RemoteWriteReceiver = true });
        Assert.Equal(204, await WriteAsync("a", 0));
        Assert.Equal((204, 400), (await WriteAsync("a", -1800_000), await WriteAsync("a", -1800_001)));
        await ReloadAsync("storage: {tsdb: {out_of_order_time_window: 1s}}");
        Assert.Equal((1000, 400), (host.Store.OutOfOrderWindowMs, await WriteAsync("a", -60_000)));
        await ReloadAsync("{}");
        Assert.Equal((0, 400), (host.Store.OutOfOrderWindowMs, await WriteAsync("a", -1)));
    }

    private static List<string> Order(List<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    private PipelineHost Start(string yaml, Func<PipelineHostOptions, PipelineHostOptions>? change = null)
    {
        File.WriteAllText(Path.Combine(_folder, "pipeline.yaml"), yaml);
        var options = new PipelineHostOptions { ConfigFile = Path.Combine(_folder, "pipeline.yaml"), DataPath = Path.Combine(_folder, "data"), Time = _time, Logs = NullLoggerFactory.Instance };
        _host = PipelineHost.Open(change?.Invoke(options) ?? options);
        _host.Start();
        return _host;
    }

    private Task ReloadAsync(string yaml)
    {
        File.WriteAllText(Path.Combine(_folder, "pipeline.yaml"), yaml);
        return _host!.ReloadAsync();
    }

    private async Task StepAsync(CancellationToken limit)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await Task.Delay(5, limit);
    }

    private void Later() => _clock.Advance(TimeSpan.FromMilliseconds(500));

    private NodeStatus Node(string id) => _host!.Graph().Nodes.Single(n => n.Id == id);

    private EdgeStatus Edge(string id) => _host!.Graph().Edges.Single(e => e.Id == id);

    private async Task PushAsync(string body) => Assert.Equal(200, (await _host!.PushAsync(new PushRequest("/metrics/job/j", Encoding.UTF8.GetBytes(body), "text/plain", ReplaceGroup: true))).StatusCode);

    private Task<int> WriteAsync(string name, long offsetMs) => WriteAsync(new WriteRequest().Series([$"__name__={name}"], (NowMs + offsetMs, 1)));

    private async Task<int> WriteAsync(WriteRequest request) => (await _host!.WriteAsync(request.Body, "application/x-protobuf", "snappy")).StatusCode;
}
