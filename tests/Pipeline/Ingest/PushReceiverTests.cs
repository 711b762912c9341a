using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

public sealed class PushReceiverTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-push-");
    private readonly StoreBench _bench = new();
    private readonly MetadataCatalogue _metadata = new();
    private readonly PushGroups _groups;
    private readonly PushReceiver _receiver;

    public PushReceiverTests()
    {
        var config = new PushSourceConfig { Ttl = TimeSpan.FromMinutes(1), Interval = Interval };
        _groups = new PushGroups(_folder.FullName, _metadata, NullLogger.Instance);
        _receiver = new PushReceiver("push", config, _bench.Router, _groups, _bench.Time, NullLogger.Instance);
        _receiver.Start(_bench);
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.StopAsync();
        _receiver.Dispose();
        _groups.Dispose();
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Push_IsStored_WithTheGroupsLabels_AndItsTimes()
    {
        double now = _bench.NowMs / 1000.0;
        Assert.Equal(200, (await PostAsync("/metrics/job/backup/host/h1", "# TYPE size gauge\n# HELP size Bytes.\nsize{disk=\"a\",host=\"other\"} 5\n")).StatusCode);
        Assert.Equal(["size{disk=a,host=h1,job=backup} 5"], _bench.Samples("size"));
        Assert.Equal([now], StoredText.Read(_bench.Store, "push_time_seconds")[0].Values, (a, b) => Math.Abs(a - b) < 1);
        Assert.Equal(["push_failure_time_seconds{host=h1,job=backup} 0"], _bench.Samples("push_failure_time_seconds"));
        Assert.Equal(new MetricMetadata("gauge", "Bytes.", ""), Assert.Single(_metadata.Snapshot()["size"]));
        Assert.Equal(1, _bench.Batches);
    }

    [Fact]
    public async Task Post_ReplacesTheFamiliesItBrings_AndNoOthers()
    {
        await PutAsync("/metrics/job/j", "a{x=\"1\"} 1\na{x=\"2\"} 1\nb 1\n");
        Later();
        await PostAsync("/metrics/job/j", "a{x=\"2\"} 2\n");
        Assert.Equal(["a{job=j,x=1} 1 stale", "a{job=j,x=2} 1 2"], _bench.Samples("a"));
        Assert.Equal(["b{job=j} 1 1"], _bench.Samples("b"));
    }

    [Fact]
    public async Task Post_KeepsTheMetadataOfTheFamiliesThatStay()
    {
        await PutAsync("/metrics/job/j", "# TYPE a counter\n# HELP a First.\na 1\n# TYPE b gauge\nb 1\n");
        Later();
        await PostAsync("/metrics/job/j", "# TYPE b gauge\n# HELP b Second.\nb 2\n");
        Assert.Equal(new MetricMetadata("counter", "First.", ""), Assert.Single(_metadata.Snapshot()["a"]));
        Assert.Equal(new MetricMetadata("gauge", "Second.", ""), Assert.Single(_metadata.Snapshot()["b"]));
        await PutAsync("/metrics/job/j", "b 3\n");
        Assert.False(_metadata.Snapshot().ContainsKey("a"));
    }

    [Fact]
    public async Task Post_OfAHistogram_ReplacesItAsOneFamily()
    {
        await PutAsync("/metrics/job/j", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n");
        Later();
        await PostAsync("/metrics/job/j", "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 5\nh_sum 6\nh_count 5\n");
        Assert.Equal(["h_bucket{job=j,le=+Inf} 2 5", "h_bucket{job=j,le=1.0} 1 stale"], Order(_bench.Samples("h_bucket")));
        Assert.Equal(["h_count{job=j} 2 5"], _bench.Samples("h_count"));
    }

    // A counter's family has another name in OpenMetrics.
    [Theory]
    [InlineData("# TYPE a counter\na_total 4\n# EOF\n", "# TYPE a_total counter\na_total 5\n", "a_total")]
    [InlineData("# TYPE a_total counter\na_total 4\n", "# TYPE a counter\na_total 5\n# EOF\n", "a")]
    public async Task Post_OfASeriesThatAnotherFamilyHolds_TakesItsPlace(string first, string second, string family)
    {
        foreach (string body in (string[])[first, second])
        {
            var answer = await _receiver.PushAsync(new PushRequest("/metrics/job/j", Encoding.UTF8.GetBytes(body), body.EndsWith("# EOF\n", StringComparison.Ordinal) ? "application/openmetrics-text" : "text/plain", false));
            Assert.Equal((200, ""), (answer.StatusCode, answer.Message));
            Later();
        }
        Assert.Equal(["a_total{job=j} 4 5"], _bench.Samples("a_total"));
        Assert.Equal([family], _receiver.Status()[0].Families.Select(f => f.Name).Where(n => !n.StartsWith("push_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Put_ReplacesTheGroup_AndNoOtherGroup()
    {
        await PutAsync("/metrics/job/j", "a 1\nb 1\n");
        await PutAsync("/metrics/job/j/x/y", "b 9\n");
        Later();
        await PutAsync("/metrics/job/j", "a 2\n");
        Assert.Equal(["a{job=j} 1 2"], _bench.Samples("a"));
        Assert.Equal(["b{job=j,x=y} 9", "b{job=j} 1 stale"], Order(_bench.Samples("b")));
        Assert.Equal(2, _receiver.Groups);
    }

    [Fact]
    public async Task Put_OfNothing_EndsTheSeries_NotTheGroup()
    {
        await PutAsync("/metrics/job/j", "a 1\n");
        Later();
        Assert.Equal(200, (await PutAsync("/metrics/job/j", "")).StatusCode);
        Assert.Equal(["a{job=j} 1 stale"], _bench.Samples("a"));
        Assert.Equal(1, _receiver.Groups);
    }

    [Fact]
    public async Task Delete_EndsTheGroup_WhateverTheOrderOfItsLabels()
    {
        await PutAsync("/metrics/job/j/a/1/b/2", "m 1\n");
        Later();
        Assert.Equal(202, (await _receiver.DeleteAsync("/metrics/job/j/b/2/a/1")).StatusCode);
        Assert.Equal(["m{a=1,b=2,job=j} 1 stale"], _bench.Samples("m"));
        Assert.EndsWith(" stale", Assert.Single(_bench.Samples("push_time_seconds")), StringComparison.Ordinal);
        Assert.Equal(0, _receiver.Groups);
        Assert.Equal(202, (await _receiver.DeleteAsync("/metrics/job/j")).StatusCode);
        Assert.Equal(400, (await _receiver.DeleteAsync("/metrics/nothing")).StatusCode);
        Assert.Empty(_metadata.Snapshot());
    }

    [Fact]
    public async Task ValuesThatLookLikeLabels_AreOtherGroups()
    {
        await PutAsync("/metrics/job/j/a/1%C3%BFb%C3%BE2", "m 1\n");
        await PutAsync("/metrics/job/j/a/1/b/2", "m 1\n");
        Assert.Equal(2, _receiver.Groups);
    }

    [Theory]
    [InlineData("a 1\n?\n", "text format parsing error in line 2: expected a value after the metric")]
    [InlineData("a 1\nb", "text format parsing error in line 2: last line does not end with a newline")]
    public async Task BodyThatCannotBeRead_LeavesNoTrace(string body, string error)
    {
        var answer = await PostAsync("/metrics/job/j", body);
        Assert.Equal((400, error), (answer.StatusCode, answer.Message));
        Assert.Equal((0, 0), (_receiver.Groups, _bench.Batches));
    }

    [Theory]
    [InlineData("a 1 1700000000000\n", "pushed metrics must not have timestamps")]
    [InlineData("a{__b=\"1\"} 1\n", "collected metric \"a\" has the label \"__b\", a name that Prometheus keeps for itself")]
    [InlineData("a 1\nb 1\na 2\n", "collected metric {__name__=\"a\", job=\"j\"} was collected before with the same name and label values")]
    [InlineData("a{job=\"x\"} 1\na{job=\"y\"} 2\n", "collected metric {__name__=\"a\", job=\"j\"} was collected before with the same name and label values")]
    [InlineData("# TYPE old gauge\nold 1\n", "collected metric \"old\" is not a UNTYPED")]
    [InlineData("old_h_count 1\n", "collected metric named \"old_h_count\" collides with previously collected histogram named \"old_h\"")]
    [InlineData("# TYPE part summary\npart_sum 1\npart_count 1\n", "collected summary named \"part\" collides with previously collected metric named \"part_sum\"")]
    [InlineData("other{x=\"y\"} 1\n", "collected metric {__name__=\"other\", job=\"j\", x=\"y\"} was collected before with the same name and label values")]
    public async Task Clash_IsRefusedWhole_AndShowsInTheFailureTime(string body, string error)
    {
        await PutAsync("/metrics/job/o", "old 1\npart_sum 1\n# TYPE old_h histogram\nold_h_bucket{le=\"+Inf\"} 1\nold_h_sum 1\nold_h_count 1\n");
        await PutAsync("/metrics/job/j/x/y", "other 1\n");
        var answer = await PostAsync("/metrics/job/j", body);
        Assert.Equal((400, "pushed metrics are invalid or inconsistent with existing metrics: " + error), (answer.StatusCode, answer.Message));
        Assert.Empty(_bench.Samples("a"));
        var failed = Assert.Single(_receiver.Status(), g => g.Labels.Count == 1 && g.Labels[0].Value == "j");
        Assert.False(failed.LastPushSuccessful);
        Assert.Equal(["push_time_seconds{job=j} 0"], _bench.Samples("push_time_seconds").Where(s => s.Contains("{job=j}", StringComparison.Ordinal)));
        // What was refused stands in nobody's way.
        Assert.Equal(200, (await PostAsync("/metrics/job/j", "fine 1\n")).StatusCode);
    }

    [Fact]
    public async Task ReplacedFamily_MayChangeItsType()
    {
        await PutAsync("/metrics/job/j", "a 1\n");
        Assert.Equal(200, (await PostAsync("/metrics/job/j", "# TYPE a gauge\na 2\n")).StatusCode);
    }

    [Fact]
    public async Task OwnNames_ArePassedOver()
    {
        Assert.Equal(200, (await PutAsync("/metrics/job/j", "push_time_seconds 1\n")).StatusCode);
        Assert.True(StoredText.Read(_bench.Store, "push_time_seconds")[0].Values[0] > 1e9);
    }

    [Fact]
    public async Task Protobuf_IsRead()
    {
        byte[] metric = [.. WriteRequest.Field(1, [.. WriteRequest.Field(1, "k"u8.ToArray()), .. WriteRequest.Field(2, "v"u8.ToArray())]), .. WriteRequest.Field(2, WriteRequestV2.Double(1, 2.5))];
        byte[] family = [.. WriteRequest.Field(1, "g"u8.ToArray()), .. WriteRequestV2.Number(3, 1), .. WriteRequest.Field(4, metric)];
        var answer = await _receiver.PushAsync(new PushRequest("/metrics/job/j", new byte[] { (byte)family.Length }.Concat(family).ToArray(), "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", true));
        Assert.Equal((200, ""), (answer.StatusCode, answer.Message));
        Assert.Equal(["g{job=j,k=v} 2.5"], _bench.Samples("g"));
        Assert.Equal("GAUGE", _receiver.Status()[0].Families[0].Type);
    }

    [Fact]
    public async Task SnappyFrames_AreUnpacked()
    {
        var stream = new MemoryStream();
        stream.Write([0xff, 6, 0, 0, .. "sNaPpY"u8, 0xfe, 2, 0, 0, 9, 9]);
        Frame(stream, 0x01, "a 1\n"u8.ToArray(), "a 1\n"u8.ToArray());
        Frame(stream, 0x00, IronSnappy.Snappy.Encode("b 2\n"u8.ToArray()), "b 2\n"u8.ToArray());
        Assert.Equal(200, (await SnappyAsync(stream.ToArray())).StatusCode);
        Assert.Equal(["a{job=j} 1", "b{job=j} 2"], [.. _bench.Samples("a"), .. _bench.Samples("b")]);
        byte[] broken = stream.ToArray();
        broken[^1] ^= 1;
        Assert.Equal(400, (await SnappyAsync(broken)).StatusCode);
        Assert.Equal(400, (await SnappyAsync(stream.ToArray()[..^3])).StatusCode);
        Assert.Equal(400, (await SnappyAsync("a 1\n"u8.ToArray())).StatusCode);

        Task<IngestAnswer> SnappyAsync(byte[] body) => _receiver.PushAsync(new PushRequest("/metrics/job/j", body, "", true) { ContentEncoding = "snappy" });
    }

    [Fact]
    public async Task Ttl_OfAPush_StandsOverTheSources()
    {
        await _bench.Time.ArmedAsync();
        await _receiver.PushAsync(new PushRequest("/metrics/job/j", "a 1\n"u8.ToArray(), "", true) { Ttl = Interval });
        await _bench.Time.StepAsync(Interval);
        Assert.Equal(["a{job=j} 1 stale"], _bench.Samples("a"));
    }

    [Fact]
    public async Task Wipe_EndsEverything()
    {
        await PutAsync("/metrics/job/j", "a 1\n");
        await PutAsync("/metrics/job/k", "a 1\n");
        Assert.Equal(202, (await _receiver.WipeAsync()).StatusCode);
        Assert.Equal(["a{job=j} 1 stale", "a{job=k} 1 stale"], Order(_bench.Samples("a")));
        Assert.Equal(0, _receiver.Groups);
    }

    [Fact]
    public async Task OpenMetricsPush_IsRead()
    {
        var answer = await _receiver.PushAsync(new PushRequest("/metrics/job/j", "# TYPE a counter\na_total 4\n# EOF\n"u8.ToArray(), "application/openmetrics-text; version=1.0.0", true));
        Assert.Equal(200, answer.StatusCode);
        Assert.Equal(["a_total{job=j} 4"], _bench.Samples("a_total"));
    }

    [Fact]
    public async Task Groups_AreWrittenEachInterval_AndEndWithTheirTtl()
    {
        await _bench.Time.ArmedAsync();
        await PutAsync("/metrics/job/old", "a 1\n");
        for (int i = 0; i < 2; i++) await _bench.Time.StepAsync(Interval);
        await PutAsync("/metrics/job/new", "a 2\n");
        for (int i = 0; i < 2; i++) await _bench.Time.StepAsync(Interval);
        Assert.Equal(["a{job=new} 2 2 2", "a{job=old} 1 1 1 1 stale"], _bench.Samples("a"));
        Assert.Equal(1, _receiver.Groups);
        double pushed = StoredText.Read(_bench.Store, "push_time_seconds")[0].Values[0];
        Assert.Equal([pushed, pushed, pushed], StoredText.Read(_bench.Store, "push_time_seconds")[0].Values);
        for (int i = 0; i < 3; i++) await _bench.Time.StepAsync(Interval);
        Assert.Equal(["a{job=new} 2 2 2 2 2 stale", "a{job=old} 1 1 1 1 stale"], _bench.Samples("a"));
        Assert.Equal(0, _receiver.Groups);
    }

    [Fact]
    public async Task PushesInOneMillisecond_AreAllStored()
    {
        for (int i = 0; i < 3; i++) await PutAsync("/metrics/job/j", $"a {i}\n");
        Assert.Equal(["a{job=j} 0 1 2"], _bench.Samples("a"));
    }

    [Fact]
    public async Task OtherStages_LeadSeriesElsewhere_AndEndThemWhereTheyStood()
    {
        await _bench.Time.ArmedAsync();
        await PutAsync("/metrics/job/j", "a 1\nb 1\n");
        _receiver.Router = new SeriesRouter(_bench.Store, [new Renaming()]);
        await _bench.Time.StepAsync(Interval);
        await _bench.Time.StepAsync(Interval);
        Assert.Equal(["a{job=j,new=yes} 1 1", "a{job=j} 1 stale"], Order(_bench.Samples("a")));
        Assert.Equal(["b{job=j} 1 stale"], _bench.Samples("b"));
        await PutAsync("/metrics/job/j", "a 3\n");
        Assert.Equal(["a{job=j,new=yes} 1 1 3", "a{job=j} 1 stale"], Order(_bench.Samples("a")));
    }

    internal static void Frame(MemoryStream stream, byte type, byte[] content, byte[] plain)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in plain) crc = System.Numerics.BitOperations.Crc32C(crc, b);
        crc = ~crc;
        int length = content.Length + 4;
        stream.Write([type, (byte)length, (byte)(length >> 8), 0, .. BitConverter.GetBytes(((crc >> 15) | (crc << 17)) + 0xa282ead8), .. content]);
    }

    private static List<string> Order(List<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    private void Later() => _bench.Clock.Advance(TimeSpan.FromSeconds(1));

    private Task<IngestAnswer> PutAsync(string path, string body) => _receiver.PushAsync(new PushRequest(path, Encoding.UTF8.GetBytes(body), "text/plain", ReplaceGroup: true));

    private Task<IngestAnswer> PostAsync(string path, string body) => _receiver.PushAsync(new PushRequest(path, Encoding.UTF8.GetBytes(body), "text/plain", ReplaceGroup: false));

    private sealed class Renaming : ILabelStage
    {
        public DropReason Apply(LabelsBuilder labels)
        {
            if (labels.ValueOf("__name__"u8).SequenceEqual("b"u8)) return DropReason.Relabel;
            labels.Set("new", "yes");
            return DropReason.None;
        }
    }
}
