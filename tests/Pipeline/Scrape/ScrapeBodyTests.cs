using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>Answers of all kinds: packed, odd, broken, empty, of other content types.</summary>
public sealed class ScrapeBodyTests : OneTargetTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gzip_And_OpenMetrics_AreRead(bool isAskedFor)
    {
        Target.Answer = async context =>
        {
            context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync("a_total 4\n# EOF\n"u8.ToArray());
        };
        Bench.Start(ScrapeBench.Job(Target) with { EnableCompression = isAskedFor });
        await Bench.TickAsync();
        Assert.Equal(isAskedFor ? "gzip" : "identity", Target.Headers.AcceptEncoding);
        Assert.Equal("", Bench.Manager.Targets()[0].LastError);
        Assert.Equal(["a_total,job=job 4"], Bench.Samples("a_total"));
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
        Target.Says("a 1\nold 1\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Target.Says(body);
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale"], Bench.Samples("a"));
        Assert.Equal(["old,job=job 1 stale"], Bench.Samples("old"));
        Assert.Empty(Bench.Samples("b"));
        Assert.Equal(["up,job=job 1 0"], Bench.Samples("up"));
        var status = Assert.Single(Bench.Manager.Targets());
        Assert.Equal(("down", error), (status.Health, status.LastError));
        Target.Says("a 2\n");
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale 2"], Bench.Samples("a"));
        Assert.Equal(["old,job=job 1 stale"], Bench.Samples("old"));
        Assert.Equal("up", Bench.Manager.Targets()[0].Health);
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
        Target.Says(body);
        Bench.Start(ScrapeBench.Job(Target));
        for (int tick = 0; tick < 2; tick++) await Bench.TickAsync();
        Assert.Equal(("up", ""), (Bench.Manager.Targets()[0].Health, Bench.Manager.Targets()[0].LastError));
        Assert.Equal([expected + expected[^2..]], Bench.Samples("a"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/openmetrics-text")]
    public async Task EmptyAnswer_IsAGoodScrape_OfNothing(string? contentType)
    {
        Target.Says("a 1\n");
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Target.Says("", contentType!);
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1 stale"], Bench.Samples("a"));
        Assert.Equal(["up,job=job 1 1"], Bench.Samples("up"));
    }

    [Theory]
    [InlineData("text/plain;")]
    [InlineData("TEXT/plain; version=0.0.4;")]
    [InlineData("text/plain; version=\"0.0.4\"")]
    public async Task ContentType_CountsUpToTheSemicolon(string contentType)
    {
        Target.Says("a 1\n", contentType);
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Assert.Equal(["a,job=job 1"], Bench.Samples("a"));
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
        Target.Answer = async context =>
        {
            context.Response.ContentType = "text/plain";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray().AsMemory(0, (int)packed.Length - missing));
        };
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Assert.Empty(Bench.Samples("a"));
        Assert.Equal("Found truncated data while decoding.", Bench.Manager.Targets()[0].LastError);
    }

    [Theory]
    [InlineData(500, "text/plain", "server returned HTTP status 500 Internal Server Error")]
    [InlineData(200, "application/json", "the target sent the unsupported Content-Type \"application/json\" and the job has no fallback_scrape_protocol")]
    [InlineData(200, null, "the target sent no Content-Type and the job has no fallback_scrape_protocol")]
    public async Task BadAnswer_IsNamed(int code, string? contentType, string error)
    {
        Target.Answer = context =>
        {
            context.Response.StatusCode = code;
            context.Response.ContentType = contentType;
            return context.Response.WriteAsync("a 1\n");
        };
        Bench.Start(ScrapeBench.Job(Target));
        await Bench.TickAsync();
        Assert.Equal(error, Bench.Manager.Targets()[0].LastError);
        Assert.Equal(["up,job=job 0"], Bench.Samples("up"));
        Assert.Empty(Bench.Samples("a"));
    }
}
