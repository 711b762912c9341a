using Streamline.Pipeline.Config;
using Streamline.Pipeline.Scrape;
using Streamline.Pipeline.Tests.Exposition;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>Native histograms, conversion of classic ones, exemplars and start times, from the answer to the batch.</summary>
public sealed class HistogramScrapeTests : IAsyncLifetime
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private const string Classic =
        "# TYPE h histogram\nh_bucket{a=\"1\",le=\"1\"} 2\nh_bucket{a=\"1\",le=\"+Inf\"} 3\nh_sum{a=\"1\"} 4.5\nh_count{a=\"1\"} 3\n" +
        "h_count{a=\"2\"} 1\nh_sum{a=\"2\"} 7\nh_bucket{a=\"2\",le=\"5\"} 1\nother 1\n";

    private ScrapeBench _bench = new("exemplar-storage", "created-timestamp-zero-ingestion");
    private HttpTarget _target = null!;

    public async ValueTask InitializeAsync() => _target = await HttpTarget.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _target.DisposeAsync();
    }

    private ScrapeConfig Job => ScrapeBench.Job(_target);

    private void Says(params Proto[] families) => _target.Answer = context =>
    {
        context.Response.ContentType = Protobuf;
        return context.Response.Body.WriteAsync(families.SelectMany(f => f.Delimited).ToArray()).AsTask();
    };

    private static Proto Native(int schema, params long[] deltas) => Proto.Metric(
        7, new Proto().Number(1, (ulong)deltas.Select((_, i) => deltas.Take(i + 1).Sum()).Sum()).Double(2, 1).Signed(5, schema).Message(12, Proto.Span(1, (uint)deltas.Length)).Deltas(13, deltas));

    [Fact]
    public async Task Protobuf_IsAskedForFirst_AndStored()
    {
        Says(Proto.Family("c", 0, Proto.Counter(5, "x=1")), Proto.Family("h", 4, Native(3, 1, 1)));
        _bench.Start(Job with { ScrapeNativeHistograms = true, ScrapeProtocols = [ScrapeProtocol.PrometheusProto, ScrapeProtocol.PrometheusText004] });
        await _bench.TickAsync();
        Assert.Equal("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4", _target.Headers.Accept.ToString());
        Assert.Equal(["c,job=job,x=1 5"], _bench.Samples("c"));
        Assert.Equal(["h,job=job int schema 3 count 3 sum 1 zero 0:0 +1/2[1 2]"], _bench.Histograms);
        Assert.Equal(["scrape_samples_scraped,job=job 2"], _bench.Samples("scrape_samples_scraped"));
        Assert.Equal(new MetricMetadata("histogram", "help of h", ""), Assert.Single(_bench.Manager.Metadata.Snapshot()["h"]));
    }

    [Fact]
    public async Task StartTimes_PutProtobufFirst_AndComeWithTheSamples()
    {
        Says(Proto.Family("c", 0, Proto.Metric(3, new Proto().Double(1, 5).Message(2, Proto.Exemplar("t=1", 2, Proto.Time(9))).Message(3, Proto.Time(1)))));
        _bench.Start(Job);
        await _bench.TickAsync();
        Assert.StartsWith("application/vnd.google.protobuf;", _target.Headers.Accept.ToString(), StringComparison.Ordinal);
        Assert.Equal(["c,job=job start 1000", "c,job=job # {t=\"1\"} 2 @9000"], _bench.Extras);
    }

    [Fact]
    public async Task OpenMetrics_GivesExemplarsAndStarts()
    {
        string time = (_bench.NowMs / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _target.Says(
            $"# TYPE c counter\nc_total{{x=\"1\"}} 5 # {{t=\"a b\"}} 0.5 {time}\nc_created{{x=\"1\"}} 1.5\nc_total{{x=\"2\"}} 6\nc_created{{x=\"2\"}} 2\n# EOF\n", "application/openmetrics-text; version=1.0.0");
        _bench.Start(Job);
        await _bench.TickAsync();
        Assert.Equal(["c_total,job=job,x=1 start 1500", "c_total,job=job,x=2 start 2000", $"c_total,job=job,x=1 # {{t=\"a b\"}} 0.5 @{time}000"], _bench.Extras);
        Assert.Empty(_bench.Samples("c_created"));
    }

    [Fact]
    public async Task ExemplarsOutOfOrder_AreCounted_UnlessTheScrapeBroughtNewerOnes()
    {
        const string Counter = "prometheus_target_scrapes_exemplar_out_of_order_total";
        _bench.Start(Job with { ScrapeNativeHistograms = true });
        await ScrapeAsync((0, 1), (5, 9), (5, 2), (5, 3));
        Assert.Equal([0, 1, 5, 2, 5, 3, 5, 9], _bench.Store.Exemplars([[]], TimeRange.All)[0].Exemplars.SelectMany(e => (double[])[e.TimestampMs / 1000 - 100, e.Value]));
        // A histogram tells the older ones of its buckets again.
        await ScrapeAsync((0, 1), (6, 2));
        Assert.Equal(0, _bench.Counted(Counter));
        await ScrapeAsync((3, 1), (4, 1));
        Assert.Equal(2, _bench.Counted(Counter));

        Task ScrapeAsync(params (long Seconds, double Value)[] exemplars)
        {
            var histogram = new Proto().Number(1, 3).Double(2, 1).Signed(5, 3).Message(12, Proto.Span(1, 2)).Deltas(13, [1, 1]);
            foreach (var (seconds, value) in exemplars) histogram.Message(16, Proto.Exemplar("t=1", value, Proto.Time(100 + seconds)));
            Says(Proto.Family("h", 4, Proto.Metric(7, histogram)));
            return _bench.TickAsync();
        }
    }

    // st-storage keeps no starts yet: they must not be lost.
    [Theory]
    [InlineData]
    [InlineData("st-storage")]
    public async Task WithoutFeatures_CreatedLinesAreSamples_AndExemplarsAreLeft(params string[] features)
    {
        await _bench.DisposeAsync();
        _bench = new ScrapeBench(features);
        _target.Says("# TYPE c counter\nc_total 5 # {t=\"a\"} 0.5\nc_created 1.5\n# EOF\n", "application/openmetrics-text; version=1.0.0");
        _bench.Start(Job);
        await _bench.TickAsync();
        Assert.Equal(["c_created,job=job 1.5"], _bench.Samples("c_created"));
        Assert.Empty(_bench.Extras);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClassicHistograms_AreConverted(bool keepClassic)
    {
        _target.Says(Classic);
        _bench.Start(Job with { ConvertClassicHistogramsToNhcb = true, AlwaysScrapeClassicHistograms = keepClassic });
        string[] expected =
        [
            "h,a=1,job=job int schema -53 count 3 sum 4.5 bounds 1 +0/2[2 1]",
            "h,a=2,job=job int schema -53 count 1 sum 7 bounds 5 +0/1[1]",
        ];
        for (int i = 0; i < 2; i++)
        {
            await _bench.TickAsync();
            Assert.Equal(expected, _bench.Histograms);
        }
        Assert.Equal(keepClassic ? 3 : 0, _bench.Samples("h_bucket").Count);
        Assert.Equal(["other,job=job 1 1"], _bench.Samples("other"));
        Assert.Equal([$"scrape_samples_scraped,job=job {(keepClassic ? "10 10" : "3 3")}"], _bench.Samples("scrape_samples_scraped"));
    }

    [Fact]
    public async Task UnsoundClassicHistogram_IsLeftOut()
    {
        _target.Says("# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 3\nh_count 3\nh_sum 1\nok 1\n");
        _bench.Start(Job with { ConvertClassicHistogramsToNhcb = true });
        await _bench.TickAsync();
        Assert.Empty(_bench.Histograms);
        Assert.Equal(["ok,job=job 1"], _bench.Samples("ok"));
    }

    [Fact]
    public async Task TargetLabels_StandOverTheJob()
    {
        _target.Says(Classic);
        _bench.Start(Job with { RelabelConfigs = [new RelabelConfig { TargetLabel = "__convert_classic_histograms_to_nhcb__", Replacement = "true" }] });
        await _bench.TickAsync();
        Assert.Equal(2, _bench.Histograms.Count);
    }

    [Theory]
    [InlineData(4, 0, "schema 3 count 10 sum 1 zero 0:0 +1/4[1 2 3 4]")]
    [InlineData(3, 0, "schema 2 count 10 sum 1 zero 0:0 +1/2[3 7]")]
    [InlineData(1, 0, "schema 1 count 10 sum 1 zero 0:0 +1/1[10]")]
    [InlineData(0, 2, "schema 0 count 10 sum 1 zero 0:0 +1/1[10]")]
    [InlineData(0, 1.1, "schema 2 count 10 sum 1 zero 0:0 +1/2[3 7]")]
    public async Task Resolution_FollowsTheLimits(int limit, double factor, string expected)
    {
        Says(Proto.Family("h", 4, Native(3, 1, 1, 1, 1)));
        _bench.Start(Job with { ScrapeNativeHistograms = true, NativeHistogramBucketLimit = limit, NativeHistogramMinBucketFactor = factor });
        await _bench.TickAsync();
        Assert.Equal([$"h,job=job int {expected}"], _bench.Histograms);
    }

    [Fact]
    public async Task TooManyCustomBuckets_FailTheScrape()
    {
        _target.Says(Classic);
        _bench.Start(Job with { ConvertClassicHistogramsToNhcb = true, NativeHistogramBucketLimit = 1 });
        await _bench.TickAsync();
        Assert.Equal("histogram bucket limit exceeded", _bench.Manager.Targets()[0].LastError);
        Assert.Equal(["up,job=job 0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task VanishedHistogram_GetsAMarker()
    {
        Says(Proto.Family("h", 4, Native(3, 1, 1)), Proto.Family("c", 0, Proto.Counter(1)));
        _bench.Start(Job with { ScrapeNativeHistograms = true });
        await _bench.TickAsync();
        Says(Proto.Family("c", 0, Proto.Counter(2)));
        await _bench.TickAsync();
        Assert.Equal(["h,job=job"], _bench.Markers);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1.00271, 8)]
    [InlineData(1.0028, 7)]
    [InlineData(1.1, 2)]
    [InlineData(2, 0)]
    [InlineData(65536, -4)]
    [InlineData(1e9, -4)]
    public void BucketFactor_PicksTheSchema(double factor, int schema) => Assert.Equal(schema, TargetFormats.PickSchema(factor));
}
