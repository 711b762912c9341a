using System.Diagnostics.Metrics;
using System.Text.Json;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Senders;

/// <summary>
/// OpenTelemetry's SDKs export every kind of instrument over OTLP to the built program, as totals and as deltas: the one for .NET in protobuf, the one for
/// JavaScript (npm) in JSON, packed with gzip.
/// </summary>
public sealed class OpenTelemetryTests
{
    private const int FlushMs = 30_000;

    [Theory]
    [InlineData(MetricReaderTemporalityPreference.Cumulative)]
    [InlineData(MetricReaderTemporalityPreference.Delta)]
    public async Task Exported_IsStored_TwiceIsAddedUp(MetricReaderTemporalityPreference temporality)
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", "otlp: {promote_resource_attributes: [deployment.environment]}\n"), Path.Combine(folder.Path, "data"), "--web.enable-otlp-receiver");
        using var meter = new Meter("senders." + temporality, "1.2");
        using (var provider = Provider(meter.Name, server.Url, temporality))
        {
            var requests = meter.CreateCounter<long>("http.requests", "{request}", "Requests.");
            var depth = meter.CreateUpDownCounter<double>("queue.depth", "By");
            var wait = meter.CreateHistogram<double>("wait", "s");
            var size = meter.CreateHistogram<double>("size", "By");
            meter.CreateObservableGauge("temperature", () => 21.5, "Cel");
            for (int round = 0; round < 2; round++)
            {
                requests.Add(3, new KeyValuePair<string, object?>("http.route", "/a"));
                depth.Add(2.5);
                foreach (double value in (double[])[0.004, 0.3, 40])
                {
                    wait.Record(value);
                    size.Record(value);
                }
                Assert.True(provider.ForceFlush(FlushMs), server.Log);
            }
        }
        await HasAsync(server, "http_requests_total{deployment_environment='test'}", 6);
        await HasAllAsync(server);
    }

    [Theory]
    [InlineData("cumulative")]
    [InlineData("delta")]
    public async Task ExportedAsJson_IsStored_TwiceIsAddedUp(string temporality)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(ClientProcess.Folder, "node_modules", "@opentelemetry", "exporter-metrics-otlp-http")), "OpenTelemetry's SDK is not installed: npm --prefix tests/EndToEnd ci");
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.File("p.yaml", ""), Path.Combine(folder.Path, "data"), "--web.enable-otlp-receiver");
        await ClientProcess.RunAsync("node", "otlp-client.mjs", server.Url + "api/v1/otlp/v1/metrics", temporality);
        await HasAllAsync(server);
    }

    private static async Task HasAllAsync(ServerProcess server)
    {
        await HasAsync(server, "http_requests_total{http_route='/a',job='eu/shop',instance='i1'}", 6);
        await HasAsync(server, "queue_depth_bytes", 5);
        await HasAsync(server, "temperature_celsius", 21.5);
        await HasAsync(server, "wait_seconds_bucket{le='25'}", 4);
        await HasAsync(server, "wait_seconds_bucket{le='+Inf'}", 6);
        await HasAsync(server, "histogram_count(size_bytes)", 6);
        await HasAsync(server, "histogram_sum(size_bytes) < bool 80.609 and histogram_sum(size_bytes) > bool 80.607", 1);
        await HasAsync(server, "histogram_quantile(0.5, size_bytes) > bool 0.29", 1);
        await HasAsync(server, "target_info{service_version='9'}", 1);
        Assert.Equal("counter", (await server.DataAsync("/api/v1/metadata")).GetProperty("http_requests_total")[0].GetProperty("type").GetString());
    }

    private static MeterProvider Provider(string meter, Uri server, MetricReaderTemporalityPreference temporality) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(r => r.Clear().AddService("shop", "eu", "9", serviceInstanceId: "i1").AddAttributes([new("deployment.environment", "test")]))
        .AddMeter(meter)
        .AddView("size", new Base2ExponentialBucketHistogramConfiguration())
        .AddOtlpExporter((exporter, reader) =>
        {
            exporter.Endpoint = new Uri(server, "api/v1/otlp/v1/metrics");
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            reader.TemporalityPreference = temporality;
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = int.MaxValue;
        })
        .Build();

    private static async Task HasAsync(ServerProcess server, string promql, double value)
    {
        JsonElement result = await server.QueryAsync(promql);
        Assert.True(result.GetArrayLength() == 1 && await server.NumberAsync(promql) == value, $"{promql} is {result}, not {value}; stored: {await server.QueryAsync("{__name__!=''}")}");
    }
}
