using System.Text;
using Microsoft.AspNetCore.Http;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>Targets that are gone, silent, endless or over a limit, and what is told of them.</summary>
public sealed class ScrapeFailureTests : IAsyncLifetime
{
    private ScrapeBench _bench = new();
    private HttpTarget _target = null!;

    public async ValueTask InitializeAsync() => _target = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _target.DisposeAsync();
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

    [Theory]
    [InlineData(null, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task ExtraMetrics_FollowTheirFeature_WhereTheConfigurationSaysNothing(bool? configured, int series)
    {
        await _bench.DisposeAsync();
        _bench = new ScrapeBench("extra-scrape-metrics");
        _target.Says("a 1\n");
        _bench.Start(ScrapeBench.Job(_target) with { ExtraScrapeMetrics = configured });
        await _bench.TickAsync();
        Assert.Equal(series, _bench.Samples("scrape_timeout_seconds").Count);
        Assert.Equal(series, _bench.Samples("scrape_body_size_bytes").Count);
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
}
