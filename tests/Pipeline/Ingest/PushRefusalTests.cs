using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Tests.Ingest;

/// <summary>Pushes that the graph or the disk does not take: what was answered with 503 may be sent again, and counts once.</summary>
public sealed class PushRefusalTests : IAsyncDisposable
{
    private const string One = "# TYPE c counter\n# HELP c Help.\nc 1\n";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streamline-push-");
    private readonly StoreBench _bench = new();
    private readonly MetadataCatalogue _metadata = new();
    private PushGroups _groups;
    private PushReceiver _receiver;

    public PushRefusalTests() => (_groups, _receiver) = Start();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("an id")]
    public async Task Sum_RefusedForAFullQueue_SentAgain_CountsOnce_AlsoAfterARestart(string id)
    {
        await PushAsync(One);
        await RefusedAsync(() => PushAsync(One, id: id));
        Assert.Equal(200, (await PushAsync(One, id: id)).StatusCode);
        Assert.Equal(["c{job=j} 1 2"], _bench.Samples("c"));
        await RestartAsync();
        await PushAsync(One);
        Assert.Equal(["c{job=j} 1 2 3"], _bench.Samples("c"));
    }

    [Fact]
    public async Task Sum_RefusedBeforeARestart_IsNotInTheJournal()
    {
        await PushAsync(One);
        await RefusedAsync(() => PushAsync(One));
        await RestartAsync();
        await PushAsync(One);
        Assert.Equal(["c{job=j} 1 2"], _bench.Samples("c"));
    }

    [Fact]
    public async Task NewGroup_Refused_IsNoGroup_AndInNobodysWay()
    {
        await RefusedAsync(() => PushAsync(One));
        Assert.Equal(0, _receiver.Groups);
        Assert.Empty(_metadata.Snapshot());
        Assert.Equal(200, (await PushAsync("# TYPE c gauge\nc 1\n", path: "/metrics/job/other")).StatusCode);
        await RestartAsync();
        Assert.Equal("other", Assert.Single(_receiver.Status()).Labels[0].Value);
    }

    [Fact]
    public async Task Put_Refused_LeavesTheGroup_AndEndsWhatItReplacesWhenSentAgain()
    {
        await PushAsync(One + "old 1\n");
        await RefusedAsync(() => PushAsync("new 1\n", put: true));
        Assert.Equal(["c", "old"], _receiver.Status()[0].Families.Select(f => f.Name).Where(n => !n.StartsWith("push_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(new MetricMetadata("counter", "Help.", ""), Assert.Single(_metadata.Snapshot()["c"]));
        await PushAsync("new 1\n", put: true);
        Assert.Equal(["c{job=j} 1 stale", "old{job=j} 1 stale"], [.. _bench.Samples("c"), .. _bench.Samples("old")]);
    }

    [Fact]
    public async Task Delete_Refused_LeavesTheGroup_AndEndsItWhenSentAgain()
    {
        await PushAsync(One);
        await RefusedAsync(() => _receiver.DeleteAsync("/metrics/job/j"));
        Assert.Equal(1, _receiver.Groups);
        Assert.Equal(202, (await _receiver.DeleteAsync("/metrics/job/j")).StatusCode);
        Assert.Equal(["c{job=j} 1 stale"], _bench.Samples("c"));
    }

    [Fact]
    public async Task GroupThatExpires_WhileTheQueueIsFull_EndsWithTheNextRound()
    {
        await _bench.Time.ArmedAsync();
        await PushAsync(One, ttl: Interval);
        _bench.IsFull = true;
        await _bench.Time.StepAsync(Interval);
        Assert.Equal(["c{job=j} 1"], _bench.Samples("c"));
        _bench.IsFull = false;
        await _bench.Time.StepAsync(Interval);
        Assert.Equal(["c{job=j} 1 stale"], _bench.Samples("c"));
        Assert.Equal(0, _receiver.Groups);
    }

    [Fact]
    public async Task Sum_ThatTheLogLoses_IsTaken_AndTheNextRoundStoresIt()
    {
        await _bench.Time.ArmedAsync();
        _bench.IsBroken = true;
        Assert.Equal(200, (await PushAsync(One)).StatusCode);
        Assert.Equal(503, (await PushAsync("put 1\n", put: true, path: "/metrics/job/p")).StatusCode);
        _bench.IsBroken = false;
        await _bench.Time.StepAsync(Interval);
        Assert.Equal(["c{job=j} 1"], _bench.Samples("c"));
    }

    // A journal that has grown is written anew, which takes its folder.
    [Fact]
    public async Task Sum_ThatTheJournalCannotTake_IsRefused_AndCountsOnceWhenSentAgain()
    {
        string body = One + string.Concat(Enumerable.Range(0, 10).Select(i => $"large{{i=\"{i}\",text=\"{new string('x', 900_000)}\"}} 1\n"));
        await PushAsync(body);
        _folder.Delete(recursive: true);
        Assert.Equal((503, "the journal of pushed groups cannot be written; try again"), await ToldAsync(PushAsync(body)));
        _folder.Create();
        Assert.Equal((200, ""), await ToldAsync(PushAsync(body)));
        Assert.Equal(["c{job=j} 1 2"], _bench.Samples("c"));
        await RestartAsync();
        await PushAsync(One);
        Assert.Equal(["c{job=j} 1 2 3"], _bench.Samples("c"));
    }

    [Fact]
    public async Task RefusedPush_ThatClashes_LeavesNoGroup_WithoutRoomForItsFailure()
    {
        await RefusedAsync(() => PushAsync("a 1 5\n"));
        Assert.Equal(0, _receiver.Groups);
        Assert.Equal(400, (await PushAsync("a 1 5\n")).StatusCode);
        Assert.False(Assert.Single(_receiver.Status()).LastPushSuccessful);
    }

    private async Task RefusedAsync(Func<Task<IngestAnswer>> push)
    {
        _bench.IsFull = true;
        var answer = await push();
        Assert.Equal((503, 1), (answer.StatusCode, answer.RetryAfterSeconds));
        _bench.IsFull = false;
    }

    private static async Task<(int, string)> ToldAsync(Task<IngestAnswer> push)
    {
        var answer = await push;
        return (answer.StatusCode, answer.Message);
    }

    private Task<IngestAnswer> PushAsync(string body, bool put = false, string path = "/metrics/job/j", string id = "", TimeSpan? ttl = null) =>
        _receiver.PushAsync(new PushRequest(path, Encoding.UTF8.GetBytes(body), "text/plain", put) { PushId = id, Ttl = ttl });

    private async Task RestartAsync()
    {
        await StopAsync();
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        (_groups, _receiver) = Start();
    }

    private (PushGroups, PushReceiver) Start()
    {
        var groups = new PushGroups(_folder.FullName, _metadata, NullLogger.Instance);
        var receiver = new PushReceiver("push", new PushSourceConfig { Mode = PushMode.Aggregate, Interval = Interval }, _bench.Router, groups, _bench.Time, NullLogger.Instance);
        receiver.Start(_bench);
        return (groups, receiver);
    }

    private async Task StopAsync()
    {
        await _receiver.StopAsync();
        _receiver.Dispose();
        _groups.Dispose();
    }
}
