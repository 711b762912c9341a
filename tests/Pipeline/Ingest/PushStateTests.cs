using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>What is kept of pushes: over a restart, and added up.</summary>
public sealed class PushStateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-push-");
    private readonly StoreBench _bench = new();
    private readonly MetadataCatalogue _metadata = new();
    private PushGroups _groups;
    private PushReceiver _receiver;

    public PushStateTests() => (_groups, _receiver) = Start(new PushSourceConfig { Interval = TimeSpan.FromSeconds(15) });

    public void Dispose()
    {
        Stop();
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Restart_KeepsGroupsAndTheirTimes()
    {
        await PushAsync("/metrics/job/j/a/b", "# TYPE c counter\n# HELP c Help.\nc{x=\"1\"} 4\nu NaN\n", put: true);
        await PushAsync("/metrics/job/gone", "c2 1\n", put: true);
        await _receiver.DeleteAsync("/metrics/job/gone");
        await PushAsync("/metrics/job/bad", "a 1 5\n", put: true);
        var before = Text();
        Restart();
        Assert.Equal(before, Text());
        Assert.Equal(2, _receiver.Groups);
        Assert.Equal(new MetricMetadata("counter", "Help.", ""), Assert.Single(_metadata.Snapshot("c")["c"]));
        // It goes on where it stood: the other type is a clash still.
        Assert.Equal(400, (await PushAsync("/metrics/job/k", "# TYPE c gauge\nc 1\n")).StatusCode);
    }

    [Fact]
    public async Task TornJournal_LosesItsTailOnly()
    {
        await PushAsync("/metrics/job/a", "m 1\n");
        await PushAsync("/metrics/job/b", "m 1\n");
        Stop();
        string file = Path.Combine(_folder.FullName, "groups.journal");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))[..^5], TestContext.Current.CancellationToken);
        (_groups, _receiver) = Start(new PushSourceConfig { Interval = TimeSpan.FromSeconds(15) });
        Assert.Equal("a", Assert.Single(_receiver.Status()).Labels[0].Value);
    }

    [Fact]
    public async Task Aggregate_AddsByType()
    {
        Use(new PushSourceConfig { Mode = PushMode.Aggregate, Gauges = PushGaugeRule.Max, GaugesByName = new Dictionary<string, PushGaugeRule> { ["g2"] = PushGaugeRule.Sum } });
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc{k=\"a\"} 1\nc{k=\"b\"} 5\n# TYPE g gauge\ng 7\n# TYPE g2 gauge\ng2 1\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\n# TYPE n untyped\nn 1\n");
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc{k=\"a\"} 2\nc{k=\"n\"} 9\n# TYPE g gauge\ng 5\n# TYPE g2 gauge\ng2 4\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n# TYPE s summary\ns{quantile=\"0.5\"} 4\ns_sum 1\ns_count 1\n# TYPE n untyped\nn 3\n");
        Assert.Equal(
        [
            "c{k=a} 3", "c{k=b} 5", "c{k=n} 9", "g2{} 5", "g{} 7", "h_bucket{le=+Inf} 3", "h_bucket{le=1.0} 2", "h_count{} 3", "h_sum{} 4", "n{} 3", "s_count{} 4", "s_sum{} 3", "s{quantile=0.5} 4",
        ], Values().Where(v => !v.StartsWith("push_", StringComparison.Ordinal)));
    }

    // The TYPE line may stand anywhere before its samples; what says when a counter began is no count.
    [Fact]
    public async Task Aggregate_KnowsTypes_WhereverTheirLinesStand()
    {
        Use(new PushSourceConfig { Mode = PushMode.Aggregate });
        foreach (int begun in (int[])[200, 100, 300])
        {
            string body = $"# TYPE a counter\n# TYPE b counter\na_total 1\na_created {begun}\nb_total 2\n# TYPE s summary\ns_count 1\ns_sum 5\n# EOF\n";
            var answer = await _receiver.PushAsync(new PushRequest("/metrics/job/j", Encoding.UTF8.GetBytes(body), "application/openmetrics-text", false));
            Assert.Equal((200, ""), (answer.StatusCode, answer.Message));
        }
        Assert.Equal(["a_created{} 100", "a_total{} 3", "b_total{} 6", "s_count{} 3", "s_sum{} 15"], Values().Where(v => !v.StartsWith("push_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Aggregate_APushSentAgain_CountsOnce_AlsoAfterARestart()
    {
        var config = new PushSourceConfig { Mode = PushMode.Aggregate };
        Use(config);
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n", id: "first");
        Assert.Equal(200, (await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n", id: "first")).StatusCode);
        Use(config);
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n", id: "first");
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n", id: "second");
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n");
        Assert.Contains("c{} 3", Values());
    }

    [Fact]
    public async Task Aggregate_PutReplacesAllTheSame()
    {
        Use(new PushSourceConfig { Mode = PushMode.Aggregate });
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 5\n");
        await PushAsync("/metrics/job/j", "# TYPE c counter\nc 1\n", put: true);
        Assert.Contains("c{} 1", Values());
    }

    [Fact]
    public async Task MoreGroupsThanAllowed_AreRefused_KnownOnesGoOn()
    {
        Use(new PushSourceConfig { MaxGroups = 1 });
        await PushAsync("/metrics/job/a", "m 1\n");
        Assert.Equal(429, (await PushAsync("/metrics/job/b", "m 1\n")).StatusCode);
        Assert.Equal(200, (await PushAsync("/metrics/job/a", "m 2\n")).StatusCode);
    }

    private Task<IngestAnswer> PushAsync(string path, string body, bool put = false, string id = "") =>
        _receiver.PushAsync(new PushRequest(path, Encoding.UTF8.GetBytes(body), "text/plain", put) { PushId = id });

    private List<string> Values() => [.. _receiver.Status().SelectMany(g => g.Families).SelectMany(f => f.Series)
        .Select(s => FormattableString.Invariant($"{s.Labels.Get("__name__")}{{{string.Join(',', s.Labels.ToPairs().Where(l => l.Key is not ("__name__" or "job")).Select(l => l.Key + "=" + l.Value))}}} {s.Value}")).Order(StringComparer.Ordinal)];

    private string Text() => string.Join('\n', _receiver.Status().Select(g =>
        string.Join('/', g.Labels) + g.LastPushSuccessful + string.Join(' ', g.Families.Select(f => $"{f.Name} {f.Type} {f.Help} {f.PushedAtMs} {string.Join(',', f.Series.Select(s => $"{s.Labels}={s.Value}"))}"))).Order());

    private void Use(PushSourceConfig config)
    {
        Stop();
        (_groups, _receiver) = Start(config with { Interval = TimeSpan.FromSeconds(15) });
    }

    private void Restart() => Use(new PushSourceConfig());

    private (PushGroups, PushReceiver) Start(PushSourceConfig config)
    {
        var groups = new PushGroups(_folder.FullName, _metadata, NullLogger.Instance);
        var receiver = new PushReceiver("push", config, _bench.Router, groups, _bench.Clock, NullLogger.Instance);
        receiver.SwitchTo(_bench);
        return (groups, receiver);
    }

    private void Stop()
    {
        _receiver.Dispose();
        _groups.Dispose();
    }
}
