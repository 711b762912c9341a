using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Streamline.Pipeline.Config;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Scrape;

public sealed class ScrapeTests : IAsyncLifetime
{
    private readonly ScrapeBench _bench = new();
    private HttpTarget _target = null!;

    public async ValueTask InitializeAsync() => _target = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _target.DisposeAsync();
    }

    [Fact]
    public async Task GoodTarget_IsStored_WithReportSeries()
    {
        _target.Says("# TYPE a counter\n# HELP a Some help.\na{x=\"1\"} 5\na{x=\"2\"} 6\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says("a{x=\"1\"} 7\na{x=\"2\"} 8\n");
        await _bench.TickAsync();
        Assert.Equal(["a,job=job,x=1 5 7", "a,job=job,x=2 6 8"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 1"], _bench.Samples("up"));
        Assert.Equal(["scrape_samples_scraped,job=job 2 2"], _bench.Samples("scrape_samples_scraped"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 2 2"], _bench.Samples("scrape_samples_post_metric_relabeling"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], _bench.Samples("scrape_series_added"));
        Assert.Single(_bench.Samples("scrape_duration_seconds"));
        Assert.Equal(new MetricMetadata("counter", "Some help.", ""), Assert.Single(_bench.Manager.Metadata.Snapshot()["a"]));
        var status = Assert.Single(_bench.Manager.Targets());
        Assert.Equal(("up", "", $"http://{_target.Address}/metrics"), (status.Health, status.LastError, status.ScrapeUrl));
        Assert.Equal(_target.Address, status.Labels.Get("instance"));
    }

    [Fact]
    public async Task Samples_AreDatedAtTheTick_OnTheGrid()
    {
        _target.Says("a 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        await _bench.TickAsync();
        var times = _bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
        Assert.Equal(0, times[0] % 100);
    }

    [Fact]
    public async Task Request_SaysWhatPrometheusSays()
    {
        _target.Says("a 1\n");
        var job = ScrapeBench.Job(_target);
        _bench.Start(job with
        {
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["module"] = ["x y", "z"] },
            Http = new HttpClientConfig
            {
                BasicAuth = new BasicAuthConfig { Username = "me", Password = new Secret("pw") },
                HttpHeaders = new Dictionary<string, HttpHeaderConfig> { ["X-Scope"] = new() { Values = ["tenant"] } },
            },
        });
        await _bench.TickAsync();
        Assert.Equal("5", _target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.Equal("gzip", _target.Headers.AcceptEncoding);
        Assert.StartsWith("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,", _target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("text/plain;version=0.0.4;q=0.3,*/*;q=0.2", _target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.Equal("Basic " + Convert.ToBase64String("me:pw"u8), _target.Headers.Authorization);
        Assert.Equal("tenant", _target.Headers["X-Scope"]);
        Assert.Equal("?module=x%20y&module=z", _target.Query);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gzip_And_OpenMetrics_AreRead(bool isAskedFor)
    {
        _target.Answer = async context =>
        {
            context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync("a_total 4\n# EOF\n"u8.ToArray());
        };
        _bench.Start(ScrapeBench.Job(_target) with { EnableCompression = isAskedFor });
        await _bench.TickAsync();
        Assert.Equal(isAskedFor ? "gzip" : "identity", _target.Headers.AcceptEncoding);
        Assert.Equal("", _bench.Manager.Targets()[0].LastError);
        Assert.Equal(["a_total,job=job 4"], _bench.Samples("a_total"));
    }

    public static TheoryData<string, string> BadBodies => new()
    {
        { "a 1\nb{x=\"1\" 2\n", "line 2: labels do not end" },
        { "a 1\nb 12 5\0\n", "line 2: invalid timestamp" },
        { "a 1\nb 12\0\n", "line 2: invalid or missing value" },
        { "a 1\nb{x=\"1\n2\ny=3} 1\nc 1\n", "line 2: expected a value after the metric" },
        { "<html><body>no</body></html>\n", "line 1: expected a value after the metric" },
        { new string('x', 10 << 20) + "\n", "line 1: line is longer than 1 MiB" },
        { new string('x', 10 << 20), "line 1: line is longer than 1 MiB" },
        { "a 1\na{b=\"c\",b=\"d\"} 1\n", "line 2: label name is not unique" },
        { "\0\u0001\u0002 1\n", "line 1: invalid metric name" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task BadBody_FailsAsAWhole_AndLastSeriesGoStale(string body, string error)
    {
        _target.Says("a 1\nold 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says(body);
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale"], _bench.Samples("a"));
        Assert.Equal(["old,job=job 1 stale"], _bench.Samples("old"));
        Assert.Empty(_bench.Samples("b"));
        Assert.Equal(["up,job=job 1 0"], _bench.Samples("up"));
        var status = Assert.Single(_bench.Manager.Targets());
        Assert.Equal(("down", error), (status.Health, status.LastError));
        _target.Says("a 2\n");
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale 2"], _bench.Samples("a"));
        Assert.Equal(["old,job=job 1 stale"], _bench.Samples("old"));
        Assert.Equal("up", _bench.Manager.Targets()[0].Health);
    }

    public static TheoryData<string, string> OddBodies => new()
    {
        { "b 1\na 5", "a,job=job 5" },
        { "a{x=\"1\" y=\"2\"} 5\n", "a,job=job,x=1,y=2 5" },
        { "a{x=\"1\n2\",y=\"}\"} 5\nb 1\n", "a,job=job,x=1\n2,y=} 5" },
        { "a{x=\"{1}\n\n\"} 5", "a,job=job,x={1}\n\n 5" },
        { "# HELP\n# TYPE\n# HELP b.c d\na 5\n", "a,job=job 5" },
    };

    // None of it is the format as it is written down; Prometheus takes it, and so targets say it.
    [Theory]
    [MemberData(nameof(OddBodies))]
    public async Task OddBody_IsRead(string body, string expected)
    {
        _target.Says(body);
        _bench.Start(ScrapeBench.Job(_target));
        for (int tick = 0; tick < 2; tick++) await _bench.TickAsync();
        Assert.Equal(("up", ""), (_bench.Manager.Targets()[0].Health, _bench.Manager.Targets()[0].LastError));
        Assert.Equal([expected + expected[^2..]], _bench.Samples("a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/openmetrics-text")]
    public async Task EmptyAnswer_IsAGoodScrape_OfNothing(string? contentType)
    {
        _target.Says("a 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says("", contentType!);
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 1"], _bench.Samples("up"));
    }

    [Theory]
    [InlineData("text/plain;")]
    [InlineData("TEXT/plain; version=0.0.4;")]
    [InlineData("text/plain; version=\"0.0.4\"")]
    public async Task ContentType_CountsUpToTheSemicolon(string contentType)
    {
        _target.Says("a 1\n", contentType);
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1"], _bench.Samples("a"));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(200)]
    public async Task GzipCutShort_FailsTheScrape(int missing)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 1000; i++) await gzip.WriteAsync(Encoding.UTF8.GetBytes($"a{{x=\"{i * 7919 % 1000}\"}} {i}\n"));
        }
        _target.Answer = async context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray().AsMemory(0, (int)packed.Length - missing));
        };
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal("Found truncated data while decoding.", _bench.Manager.Targets()[0].LastError);
    }

    // scrape_samples_post_metric_relabeling over the limit is what people alert on.
    [Theory]
    [InlineData("a 1\nb 1\nc 1\nd 1\n", "4 4 2")]
    [InlineData("a 1\nb 1\nc 1\nd 1\n{} 1\n", "4 4 2")]
    [InlineData("a 1\n{} 1\n", "1 1 1")]
    public async Task FailedScrape_ReportsWhatTheBodyHeld(string body, string counts)
    {
        _target.Says(body);
        _bench.Start(ScrapeBench.Job(_target) with { SampleLimit = 2, ExtraScrapeMetrics = true });
        await _bench.TickAsync();
        string[] names = ["scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added"];
        Assert.Equal(counts, string.Join(' ', names.Select(name => _bench.Samples(name).Single().Split(' ')[1])));
        Assert.Equal([$"scrape_body_size_bytes,job=job {body.Length}"], _bench.Samples("scrape_body_size_bytes"));
        Assert.Equal(["up,job=job 0"], _bench.Samples("up"));
        Assert.Empty(_bench.Samples("c"));
    }

    [Fact]
    public async Task SeriesThatComeBack_AreAddedAgain()
    {
        _bench.Start(ScrapeBench.Job(_target));
        foreach (string body in (string[])["a 1\nb 1\n", "a 1\n", "a 1\nb 1\n", "a 1\n{} 1\n", "a 1\nb 1\n"])
        {
            _target.Says(body);
            await _bench.TickAsync();
        }
        // The fourth scrape fails: what it lacks was not gone.
        Assert.Equal(["scrape_series_added,job=job 2 0 1 0 0"], _bench.Samples("scrape_series_added"));
    }

    [Fact]
    public async Task ClashingLabels_AreExported_ShortNamesFirst()
    {
        _target.Says("a{foo=\"1\",exported_foo=\"2\"} 1\n");
        var job = ScrapeBench.Job(_target);
        var labels = new Dictionary<string, string> { ["foo"] = "3", ["exported_foo"] = "4" };
        _bench.Start(job with { Discovery = new DiscoveryConfig { StaticConfigs = [job.Discovery.StaticConfigs[0] with { Labels = labels }] } });
        await _bench.TickAsync();
        Assert.Equal(["a,exported_exported_exported_foo=2,exported_exported_foo=1,exported_foo=4,foo=3,job=job 1"], _bench.Samples("a"));
    }

    [Theory]
    [InlineData(500, "text/plain", "server returned HTTP status 500 Internal Server Error")]
    [InlineData(200, "application/json", "the target sent the unsupported Content-Type \"application/json\" and the job has no fallback_scrape_protocol")]
    [InlineData(200, null, "the target sent no Content-Type and the job has no fallback_scrape_protocol")]
    public async Task BadAnswer_IsNamed(int code, string? contentType, string error)
    {
        _target.Answer = context =>
        {
            context.Response.StatusCode = code;
            context.Response.ContentType = contentType;
            return context.Response.WriteAsync("a 1\n");
        };
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Equal(error, _bench.Manager.Targets()[0].LastError);
        Assert.Equal(["up,job=job 0"], _bench.Samples("up"));
        Assert.Empty(_bench.Samples("a"));
    }

    [Fact]
    public async Task BrokenConnection_FailsTheScrape()
    {
        _target.Answer = async context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("a 1\n");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal("down", _bench.Manager.Targets()[0].Health);
    }

    [Fact]
    public async Task TargetThatIsGone_IsDown_AndItsSeriesEnd()
    {
        var gone = await HttpTarget.StartAsync("a 1\n");
        _bench.Start(ScrapeBench.Job(gone));
        await _bench.TickAsync();
        await gone.DisposeAsync();
        await _bench.TickAsync();
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 0 0"], _bench.Samples("up"));
        var status = Assert.Single(_bench.Manager.Targets());
        Assert.Equal("down", status.Health);
        Assert.Contains("refused", status.LastError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task SilentTarget_EndsWithItsTimeout()
    {
        var asked = new TaskCompletionSource();
        _target.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        _bench.Start(ScrapeBench.Job(_target));
        _bench.AdvanceToDue();
        await asked.Task;
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        await _bench.NextCommitAsync();
        Assert.Equal("no complete answer within the scrape timeout of 5s", _bench.Manager.Targets()[0].LastError);
        Assert.Equal(["up,job=job 0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task EndlessTarget_StopsAtTheBodyLimit()
    {
        _target.Answer = async context =>
        {
            context.Response.ContentType = "text/plain";
            byte[] block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a 1\n", 1000)));
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block, context.RequestAborted);
        };
        _bench.Start(ScrapeBench.Job(_target) with { BodySizeLimit = new ByteSize(1 << 20) });
        await _bench.TickAsync();
        Assert.Equal("body size limit exceeded", _bench.Manager.Targets()[0].LastError);
    }

    [Fact]
    public async Task BadTarget_DisturbsNoOther()
    {
        await using var good = await HttpTarget.StartAsync("a 1\n");
        _target.Says("garbage{");
        _bench.Start(ScrapeBench.Job(_target.Address, good.Address));
        await _bench.TickAsync();
        Assert.Equal(["down", "up"], _bench.Manager.Targets().Select(t => t.Health).Order());
        Assert.Equal(["a,job=job 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task VanishedSeries_GetOneMarker()
    {
        _target.Says("a 1\nb 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        _target.Says("a 2\n");
        await _bench.TickAsync();
        await _bench.TickAsync();
        Assert.Equal(["b,job=job 1 stale"], _bench.Samples("b"));
    }

    [Fact]
    public async Task SeriesWithTimestamps_GetNoMarker_UnlessTracked()
    {
        _target.Says($"a 1 {_bench.NowMs}\n");
        _bench.Start(ScrapeBench.Job(_target));
        _bench.Start(ScrapeBench.Job(_target) with { JobName = "tracked", TrackTimestampsStaleness = true });
        for (int tick = 0; tick < 2; tick++)
        {
            await _bench.TickAsync();
            _target.Says("b 1\n");
        }
        Assert.Equal(["a,job=job 1", "a,job=tracked 1 stale"], _bench.Samples("a"));
    }

    [Theory]
    [InlineData(false, "a,exported_job=theirs,job=job,z=1 1")]
    [InlineData(true, "a,job=theirs,z=1 1")]
    public async Task HonorLabels_DecidesClashes(bool honor, string expected)
    {
        _target.Says("a{job=\"theirs\",z=\"1\"} 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { HonorLabels = honor });
        await _bench.TickAsync();
        Assert.Equal([expected], _bench.Samples("a"));
    }

    [Fact]
    public async Task HonorLabels_EmptyValue_TakesTheTargetsLabelAway()
    {
        _target.Says("a{job=\"\"} 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { HonorLabels = true });
        await _bench.TickAsync();
        Assert.Equal(["a 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task MetricRelabelling_DropsAndRenames_ButNotReports()
    {
        _target.Says("a 1\nb 2\n");
        _bench.Start(ScrapeBench.Job(_target) with
        {
            MetricRelabelConfigs =
            [
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "a|up", Action = RelabelAction.Drop },
                new RelabelConfig { SourceLabels = ["__name__"], Regex = "(b)", Replacement = "renamed_$1", TargetLabel = "__name__" },
            ],
        });
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal(["renamed_b,job=job 2"], _bench.Samples("renamed_b"));
        Assert.Equal(["up,job=job 1"], _bench.Samples("up"));
        Assert.Equal(["scrape_samples_post_metric_relabeling,job=job 1"], _bench.Samples("scrape_samples_post_metric_relabeling"));
    }

    [Theory]
    [InlineData("sample", "sample limit exceeded")]
    [InlineData("labels", "label_limit exceeded (metric: a, number of labels: 4, limit: 3)")]
    [InlineData("name", "label_name_length_limit exceeded (metric: a, label name: __name__, length: 8, limit: 7)")]
    [InlineData("value", "label_value_length_limit exceeded (metric: a, label name: long, length: 200, limit: 100)")]
    public async Task Limits_FailTheScrape(string limit, string error)
    {
        _target.Says($"a{{long=\"{new string('v', 200)}\"}} 1\nb 2\n");
        var job = ScrapeBench.Job(_target);
        _bench.Start(limit switch
        {
            "sample" => job with { SampleLimit = 1 },
            "labels" => job with { LabelLimit = 3 },
            "name" => job with { LabelNameLengthLimit = 7 },
            _ => job with { LabelValueLengthLimit = 100 },
        });
        await _bench.TickAsync();
        Assert.Equal(error, _bench.Manager.Targets()[0].LastError);
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal(["up,job=job 0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task SameSeriesTwice_TheFirstCounts()
    {
        _target.Says("a 1\na 2\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task SampleTooFarAhead_IsDropped()
    {
        _target.Says($"a 1 {_bench.NowMs + 3_600_000}\nb 1\n");
        _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        Assert.Empty(_bench.Samples("a"));
        Assert.Equal(["b,job=job 1"], _bench.Samples("b"));
    }

    [Fact]
    public async Task RemovedJob_GetsMarkers_AtTheTickItMissed()
    {
        _target.Says("a 1\n");
        var source = _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        await source.RetireAsync();
        Assert.Empty(_bench.Manager.Targets());
        _bench.Time.Advance(ScrapeBench.Interval);
        Assert.False(_bench.HasCommit);
        _bench.Time.Advance(ScrapeBench.Interval * 1.2);
        await _bench.NextCommitAsync();
        Assert.Equal(["a,job=job 1 stale"], _bench.Samples("a"));
        Assert.Equal(["up,job=job 1 stale"], _bench.Samples("up"));
        var times = _bench.Times("a");
        Assert.Equal(10_000, times[1] - times[0]);
    }

    [Fact]
    public async Task Stop_WritesNoMarkers_AndEndsARunningFetch()
    {
        var asked = new TaskCompletionSource();
        _target.Answer = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var source = _bench.Start(ScrapeBench.Job(_target));
        _bench.AdvanceToDue();
        await asked.Task;
        await source.StopAsync();
        Assert.False(_bench.HasCommit);
    }

    [Fact]
    public async Task SlowAppender_SkipsTicks_WithoutOverlap()
    {
        _target.Says("a 1\n");
        var reached = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        _bench.BeforeCommit = () =>
        {
            reached.TrySetResult();
            return open.Task;
        };
        _bench.Start(ScrapeBench.Job(_target));
        _bench.AdvanceToDue();
        await reached.Task;
        _bench.Time.Advance(ScrapeBench.Interval * 2);
        Assert.False(_bench.HasCommit);
        open.SetResult();
        await _bench.NextCommitAsync();
        Assert.False(_bench.HasCommit);
        Assert.Single(_bench.Times("a"));
    }

    [Fact]
    public async Task TimeoutAsLongAsTheInterval_ScrapesAtEveryTick()
    {
        var asked = new SemaphoreSlim(0);
        _target.Answer = context =>
        {
            asked.Release();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        _bench.Start(ScrapeBench.Job(_target) with { ScrapeTimeout = ScrapeBench.Interval });
        _bench.AdvanceToDue();
        for (int i = 0; i < 3; i++)
        {
            await asked.WaitAsync(TestContext.Current.CancellationToken);
            _bench.Time.Advance(ScrapeBench.Interval);
            await _bench.NextCommitAsync();
        }
        Assert.Equal(["up,job=job 0 0 0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task NewRouter_ResolvesAnew_AndMarksWhatItNoLongerWrites()
    {
        _target.Says("a 1\n");
        var source = _bench.Start(ScrapeBench.Job(_target));
        await _bench.TickAsync();
        var relabel = new Pipeline.Stages.Relabeler([new RelabelConfig { Replacement = "x", TargetLabel = "stage" }]);
        source.Router = new Pipeline.Stages.SeriesRouter(_bench.Store, [relabel]);
        await _bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale", "a,job=job,stage=x 1"], _bench.Samples("a"));
    }

    [Fact]
    public async Task OverTargetLimit_IsDownEachInterval_AndNotAsked()
    {
        _target.Answer = _ => throw new InvalidOperationException("asked");
        _bench.Start(ScrapeBench.Job(_target.Address, "127.0.0.1:1") with { TargetLimit = 1 });
        await _bench.TickAsync();
        await _bench.TickAsync();
        Assert.Equal(["up,job=job 0 0", "up,job=job 0 0"], _bench.Samples("up"));
        Assert.All(_bench.Manager.Targets(), t => Assert.Equal("target_limit exceeded (number of targets: 2, limit: 1)", t.LastError));
    }

    [Fact]
    public async Task FailedScrape_IsWrittenToTheFailureLog()
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("streamline-failures-").FullName, "log.json");
        _target.Says("a{ 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { ScrapeFailureLogFile = file });
        await _bench.TickAsync();
        File.Move(file, file + ".1");
        await _bench.TickAsync();
        var line = System.Text.Json.JsonDocument.Parse(Assert.Single(File.ReadAllLines(file))).RootElement;
        Assert.Equal(("ERROR", "job", $"http://{_target.Address}/metrics"), (line.GetProperty("level").GetString(), line.GetProperty("job_name").GetString(), line.GetProperty("target").GetString()));
        Assert.StartsWith("line 1: ", line.GetProperty("msg").GetString(), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public async Task OtherPaceAndClient_KeepCaches_NothingEnds()
    {
        _target.Says("a 1\nb 1\n");
        var job = ScrapeBench.Job(_target);
        var source = _bench.Start(job);
        await _bench.TickAsync();
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(source.TryReconfigure(job with
        {
            ScrapeInterval = TimeSpan.FromSeconds(5),
            ScrapeTimeout = TimeSpan.FromSeconds(2),
            SampleLimit = 7,
            Http = new HttpClientConfig { BasicAuth = new BasicAuthConfig { Username = "me" } },
        }));
        await source.WhenIdleAsync();
        _target.Says("a 2\n");
        while (_bench.AdvanceToDue() == 0) Assert.NotNull(_bench.Manager.Scheduler.NextDueMs);
        await _bench.NextCommitAsync();
        await source.WhenIdleAsync();
        Assert.Equal("2", _target.Headers["X-Prometheus-Scrape-Timeout-Seconds"]);
        Assert.StartsWith("Basic ", _target.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a,job=job 1 2"], _bench.Samples("a"));
        Assert.Equal(["b,job=job 1 stale"], _bench.Samples("b"));
        Assert.Equal(["scrape_series_added,job=job 2 0"], _bench.Samples("scrape_series_added"));
        Assert.False(source.TryReconfigure(job with { HonorLabels = true }));
    }
}
