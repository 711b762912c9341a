using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Scrape;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Exposition;
using Streamline.Pipeline.Tests.Ingest;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>The steady state of a scrape: bodies of known series cost no allocation for a sample, in any format.</summary>
public sealed class AppenderAllocationTests : IDisposable
{
    private const int Series = 1_000;

    private readonly StoreBench _bench = new();
    private readonly Meter _meter = new("test");

    public void Dispose()
    {
        _bench.Dispose();
        _meter.Dispose();
    }

    [Theory]
    [InlineData(nameof(ExpositionFormat.Text))]
    [InlineData(nameof(ExpositionFormat.OpenMetrics))]
    [InlineData(nameof(ExpositionFormat.Protobuf))]
    public void KnownSeries_AllocateNothing(string name)
    {
        var format = Enum.Parse<ExpositionFormat>(name);
        var config = new ScrapeConfig { JobName = "job" };
        var router = new SeriesRouter(_bench.Store, []);
        var metrics = new ScrapeMetrics(_meter, () => []);
        var appender = new TargetAppender(config, TargetFormats.Of(config, default), Labels.Of(("job", "job")), new Relabeler([]), new SourceMetadata(), metrics);
        long allocated = 0;
        for (int scrape = 0; scrape < 4; scrape++)
        {
            byte[] body = Body(format, scrape);
            using var answer = new ScrapeBody(Rented(body), body.Length, format);
            var batch = new SampleBatch("job", Series + 8);
            long before = GC.GetAllocatedBytesForCurrentThread();
            appender.Fill(batch, answer, router, 1_000 * scrape, 1_000 * scrape);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((Series, Series), (appender.Counts.Scraped, batch.Count));
            batch.Release();
        }
        Assert.Equal(0, allocated);
    }

    private static byte[] Rented(byte[] body)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(rented, 0);
        return rented;
    }

    private static byte[] Body(ExpositionFormat format, int scrape)
    {
        if (format == ExpositionFormat.Protobuf) return Proto.Family("requests_total", 0, [.. Enumerable.Range(0, Series).Select(i => Proto.Counter(i + scrape, $"path=/x/{i}", "code=200"))]).Delimited;
        var text = new StringBuilder("# HELP requests_total Requests.\n# TYPE requests_total counter\n");
        if (format == ExpositionFormat.OpenMetrics) text.Replace("requests_total Req", "requests Req").Replace("requests_total counter", "requests counter");
        for (int i = 0; i < Series; i++) text.Append($"requests_total{{path=\"/x/{i}\",code=\"200\"}} {i + scrape}\n");
        return Encoding.UTF8.GetBytes(format == ExpositionFormat.OpenMetrics ? text.Append("# EOF\n").ToString() : text.ToString());
    }
}
