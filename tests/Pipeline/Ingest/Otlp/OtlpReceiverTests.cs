using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>OTLP in, samples out (reference W18-W21).</summary>
public sealed class OtlpReceiverTests : IDisposable
{
    private readonly OtlpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Gauge_Sum_Summary_BecomeSamples()
    {
        string time = $"\"timeUnixNano\":{_bench.Nanos()}";
        var answer = await _bench.MetricsAsync($$$$$"""
            {"name":"room.temperature","unit":"Cel","gauge":{"dataPoints":[{{{{{{time}}}}},"asDouble":21.5,"attributes":[{{{{{OtlpBench.Attribute("room", "a")}}}}}]}]}},
            {"name":"requests","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{{{{{{time}}}}},"startTimeUnixNano":{{{{{_bench.Nanos(-1000)}}}}},"asInt":"7"}]}},
            {"name":"queue","sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","dataPoints":[{{{{{{time}}}}},"asInt":3}]}},
            {"name":"latency","unit":"s","summary":{"dataPoints":[{{{{{{time}}}}},"count":"4","sum":2,"quantileValues":[{"quantile":0.5,"value":0.25}]}]}}
            """);
        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(
        [
            "room_temperature_celsius{room=a} 21.5 @0", "requests_total{} 7 @0 since -1000", "queue{} 3 @0",
            "latency_seconds_sum{} 2 @0", "latency_seconds_count{} 4 @0", "latency_seconds{quantile=0.5} 0.25 @0",
        ], _bench.Seen);
    }

    [Fact]
    public async Task Histogram_BecomesClassicSeries_ExemplarsWithTheirBucket()
    {
        await _bench.MetricsAsync($$$$$"""
            {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"count":6,"sum":9.5,"bucketCounts":["1","2","3"],"explicitBounds":[0.5,1e3],
              "exemplars":[{"asDouble":700,"traceId":"ABCD","spanId":"12","timeUnixNano":{{{{{_bench.Nanos()}}}}},"filteredAttributes":[{{{{{OtlpBench.Attribute("k", "v")}}}}}]}]}]}}
            """);
        Assert.Equal(
        [
            "h_sum{} 9.5 @0", "h_count{} 6 @0", "h_bucket{le=0.5} 1 @0", "h_bucket{le=1000} 3 @0", "h_bucket{le=+Inf} 6 @0",
            "exemplar of h_bucket{le=1000}: {k=v,span_id=12,trace_id=abcd} 700",
        ], _bench.Seen);
    }

    [Fact]
    public async Task Histogram_AsCustomBuckets_WhenAsked()
    {
        using var bench = new OtlpBench(new OtlpConfig { ConvertHistogramsToNhcb = true });
        await bench.MetricsAsync($$$$$"""
            {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":{{{{{bench.Nanos()}}}}},"count":4,"sum":9.5,"bucketCounts":[0,1,3],"explicitBounds":[1,2]}]}}
            """);
        Assert.Equal(["h{} [-53 4/9.5 zero 0 +1:2(1 3) -() <1 2>] @0"], bench.Seen);
    }

    [Theory]
    [InlineData(0, "[0 9/1 zero 2 +2:3 3:1(1 0 2 3) -1:1(1) <>]")]
    [InlineData(9, "[8 9/1 zero 2 +1:4(1 2 0 3) -1:1(1) <>]")]
    public async Task ExponentialHistogram_BecomesNative_FinerScalesAreMerged(int scale, string expected)
    {
        // Indexes 1, 3 and 7 of OTLP; Prometheus counts from one further.
        await _bench.MetricsAsync($$$$$"""
            {"name":"h","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"count":9,"sum":1,"scale":{{{{{scale}}}}},"zeroCount":2,
              "positive":{"offset":1,"bucketCounts":[1,0,2,0,0,0,3]},"negative":{"offset":0,"bucketCounts":["1"]}}]}}
            """);
        Assert.Equal([$"h{{}} {expected} @0"], _bench.Seen);
    }

    [Fact]
    public async Task ExponentialHistogram_TooCoarse_IsRefused_TheRestStored()
    {
        var answer = await _bench.MetricsAsync($$$$$"""
            {"name":"h","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"scale":-5}]}},
            {"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1}]}}
            """);
        Assert.Equal((400, "exponential histogram with scale -5: it must be at least -4"), (answer.StatusCode, answer.Message));
        Assert.Equal(["g{} 1 @0"], _bench.Seen);
    }

    [Fact]
    public async Task NoRecordedValue_IsAStaleMarker()
    {
        await _bench.MetricsAsync($$$$$"""{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"flags":1}]}}""");
        Assert.Equal(["g{} stale @0"], _bench.Seen);
    }

    [Fact]
    public async Task Resource_GivesJobInstanceAndTargetInfo()
    {
        string attributes = string.Join(',', OtlpBench.Attribute("service.name", "shop"), OtlpBench.Attribute("service.namespace", "eu"), OtlpBench.Attribute("service.instance.id", "i1"), OtlpBench.Attribute("host.name", "h"));
        string gauge = $$$$$"""{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1}]}}""";
        await _bench.MetricsAsync(gauge, attributes);
        Assert.Equal(["g{instance=i1,job=eu/shop} 1 @0", "target_info{host_name=h,instance=i1,job=eu/shop} 1 @0"], _bench.Seen);
        await _bench.MetricsAsync(gauge, attributes);
        Assert.Equal("g{instance=i1,job=eu/shop} 1 @0", _bench.Seen[^1]);
    }

    [Fact]
    public async Task TargetInfo_IsRepeatedOverARequestOfManyMinutes()
    {
        string points = $$$$$"""{"timeUnixNano":{{{{{_bench.Nanos(-400_000)}}}}},"asInt":1},{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":2}""";
        await _bench.MetricsAsync($$$$$"""{"name":"g","gauge":{"dataPoints":[{{{{{points}}}}}]}}""", OtlpBench.Attribute("service.name", "a") + "," + OtlpBench.Attribute("x", "y"));
        Assert.Equal(["@-400000", "@-250000", "@-100000", "@0"], _bench.Seen.Where(s => s.StartsWith("target_info", StringComparison.Ordinal)).Select(s => s.Split(' ')[^1]));
    }

    [Theory]
    [InlineData("keep", "target_info{instance=i,job=a,service_instance_id=i,service_name=a,x=y}")]
    [InlineData("promote", "g{instance=i,job=a,x=y}")]
    [InlineData("promoteAll", "g{instance=i,job=a,service_instance_id=i,service_name=a}")]
    [InlineData("scope", "g{instance=i,job=a,otel_scope_k=v,otel_scope_name=lib,otel_scope_version=2}")]
    public async Task Options_OfTheConfiguration(string option, string expected)
    {
        using var bench = new OtlpBench(option switch
        {
            "keep" => new OtlpConfig { KeepIdentifyingResourceAttributes = true },
            "promote" => new OtlpConfig { PromoteResourceAttributes = ["x"] },
            "promoteAll" => new OtlpConfig { PromoteAllResourceAttributes = true, IgnoreResourceAttributes = ["x"] },
            _ => new OtlpConfig { PromoteScopeMetadata = true },
        });
        string attributes = string.Join(',', OtlpBench.Attribute("service.name", "a"), OtlpBench.Attribute("service.instance.id", "i"), OtlpBench.Attribute("x", "y"));
        string scope = $$$$$"""{"name":"lib","version":"2","attributes":[{{{{{OtlpBench.Attribute("k", "v")}}}}}]}""";
        await bench.MetricsAsync($$$$$"""{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{bench.Nanos()}}}}},"asInt":1}]}}""", attributes, scope);
        Assert.Contains(bench.Seen, s => s.StartsWith(expected + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attributes_ThatMeetInOneLabel_AreJoinedInTheOrderOfTheirNames()
    {
        string attributes = OtlpBench.Attribute("a_b", "2") + "," + OtlpBench.Attribute("a.b", "1");
        await _bench.MetricsAsync($$$$$"""{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1,"attributes":[{{{{{attributes}}}}}]}]}}""");
        Assert.Equal(["g{a_b=1;2} 1 @0"], _bench.Seen);
    }

    [Fact]
    public async Task AttributeValues_OfAllTypes_BecomeText()
    {
        await _bench.MetricsAsync($$$$$"""
            {"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1,"attributes":[
              {"key":"b","value":{"boolValue":true}},{"key":"i","value":{"intValue":"-4"}},{"key":"d","value":{"doubleValue":0.5}},{"key":"y","value":{"bytesValue":"AQI="}},
              {"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":2}]}}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}}}]}]}}
            """);
        Assert.Equal(["g{b=true,d=0.5,i=-4,l=[\"x\",2],m={\"k\":false},y=AQI=} 1 @0"], _bench.Seen);
    }

    [Fact]
    public async Task Metadata_IsShown()
    {
        await _bench.MetricsAsync($$$$$"""{"name":"io","unit":"By/s","description":"Bytes.","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1}]}}""");
        Assert.Equal([new MetricMetadata("gauge", "Bytes.", "bytes_per_second")], _bench.Metadata.Snapshot()["io_bytes_per_second"]);
    }

    [Theory]
    [InlineData("""{"name":"x","sum":{"dataPoints":[{}]}}""", "invalid temporality and type combination for metric \"x\"")]
    [InlineData("""{"name":"x"}""", "metric \"x\" has an unknown type")]
    [InlineData("""{"name":"__","gauge":{"dataPoints":[{}]}}""", "metric \"__\" has a name of which nothing can be used")]
    public async Task WrongMetrics_AreNamed(string metric, string message) => Assert.Equal((400, message), await StatusAsync(_bench.MetricsAsync(metric)));

    [Theory]
    [InlineData("{", "malformed JSON")]
    [InlineData("""{"resourceMetrics":5}""", "malformed JSON")]
    [InlineData("""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":5}]}]}]}""", "malformed JSON")]
    public async Task BrokenJson_IsABadRequest(string json, string message)
    {
        var answer = await _bench.JsonAsync(json);
        Assert.Equal(400, answer.StatusCode);
        Assert.StartsWith(message, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FullQueue_AsksToComeAgain_AndOtherTypesAreRefused()
    {
        Assert.Equal(415, (await _bench.Receiver.WriteAsync(default, "text/plain")).StatusCode);
        _bench.Store.IsFull = true;
        var answer = await _bench.MetricsAsync($$$$$"""{"name":"g","gauge":{"dataPoints":[{"timeUnixNano":{{{{{_bench.Nanos()}}}}},"asInt":1}]}}""");
        Assert.Equal((503, 1), (answer.StatusCode, answer.RetryAfterSeconds));
    }

    private static async Task<(int, string)> StatusAsync(Task<IngestAnswer> answer) => ((await answer).StatusCode, (await answer).Message);
}
