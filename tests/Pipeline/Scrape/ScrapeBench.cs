using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Scrape;
using Streamline.Pipeline.Stages;
using Streamline.Pipeline.Tests.Exposition;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Scrape;

/// <summary>A scrape job in virtual time over real HTTP into a real database: each tick is one call, the test sees every committed batch.</summary>
internal sealed class ScrapeBench : IAsyncDisposable, IBatchTarget
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-scrape-").FullName;
    private readonly Channel<CommitResult> _commits = Channel.CreateUnbounded<CommitResult>();
    private readonly Meter _meter = new("test");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly List<ScrapeSource> _sources = [];

    public ScrapeBench(params string[] features)
    {
        _listener.InstrumentPublished = (instrument, listener) => { if (instrument.Meter == _meter && instrument is Counter<long>) listener.EnableMeasurementEvents(instrument); };
        _listener.SetMeasurementEventCallback<long>((instrument, by, _, _) =>
        {
            _counts.AddOrUpdate(instrument.Name, by, (_, before) => before + by);
            if (instrument.Name == "prometheus_target_scrape_pool_sync_total") Synced.Pulse();
        });
        _listener.Start();
        Store = Tsdb.Open(new TsdbOptions { Path = _folder, Time = Time, MaxExemplars = 100 });
        Router = new SeriesRouter(Store, []);
        Manager = new ScrapeManager(new ScrapeManagerOptions { Meter = _meter, Logger = NullLogger.Instance, Time = Time, Features = ScrapeFeatures.Of(features) });
    }

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Pulsed when a job has taken up what discovery found.</summary>
    public Signal Synced { get; } = new();

    public Tsdb Store { get; }

    public SeriesRouter Router { get; }

    public ScrapeManager Manager { get; }

    /// <summary>Runs before each commit; for tests that hold the appender up.</summary>
    public Func<Task> BeforeCommit { get; set; } = () => Task.CompletedTask;

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static ScrapeConfig Job(HttpTarget target) => Job(target.Address);

    public static ScrapeConfig Job(params string[] addresses) => new()
    {
        JobName = "job",
        ScrapeInterval = Interval,
        ScrapeTimeout = TimeSpan.FromSeconds(5),
        Discovery = new DiscoveryConfig { StaticConfigs = [new StaticConfig { Targets = addresses }] },
    };

    public ScrapeSource Start(ScrapeConfig config)
    {
        var source = Manager.CreateSource(config, Router);
        _sources.Add(source);
        source.Start(this);
        return source;
    }

    /// <summary>Moves through one interval, from due work to due work, and waits for the batch that each brings. Ends at the last tick.</summary>
    public async Task<CommitResult> TickAsync()
    {
        long end = Manager.Scheduler.NextDueMs!.Value + (long)Interval.TotalMilliseconds;
        CommitResult last = default;
        while (Manager.Scheduler.NextDueMs < end)
        {
            for (long begun = AdvanceToDue(); begun > 0; begun--) last = await NextCommitAsync();
            foreach (var source in _sources) await source.WhenIdleAsync();
        }
        return last;
    }

    /// <summary>Moves to the moment when work is due; virtual time stands still while it runs. Returns how many works began.</summary>
    public long AdvanceToDue()
    {
        long before = Manager.Scheduler.Begun;
        Time.Advance(TimeSpan.FromMilliseconds(Manager.Scheduler.NextDueMs!.Value - NowMs));
        return Manager.Scheduler.Begun - before;
    }

    public async Task<CommitResult> NextCommitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _commits.Reader.ReadAsync(patience.Token);
    }

    public bool HasCommit => _commits.Reader.TryPeek(out _);

    /// <summary>All samples of the matching series as text, values in time order, stale markers as "stale".</summary>
    public List<string> Samples(string name)
    {
        var lines = new List<string>();
        using var set = Store.Select([new LabelMatcher(MatchOperator.Equal, "__name__", name)], TimeRange.All, SelectHints.None);
        for (int i = 0; i < set.Count; i++)
        {
            using var cursor = set.Open(i);
            var times = new long[100];
            var values = new double[100];
            int count = cursor.Next(times, values);
            var shown = values.Take(count).Select(v => StaleMarker.Is(v) ? "stale" : FloatText.Format(v));
            lines.Add($"{Shown(set.LabelsAt(i))} {string.Join(' ', shown)}");
        }
        return lines;
    }

    public List<long> Times(string name)
    {
        using var set = Store.Select([new LabelMatcher(MatchOperator.Equal, "__name__", name)], TimeRange.All, SelectHints.None);
        using var cursor = set.Open(0);
        var times = new long[100];
        return [.. times.Take(cursor.Next(times, new double[100]))];
    }

    /// <summary>What a counter of the scrapes has come to.</summary>
    public long Counted(string counter) => _counts.GetValueOrDefault(counter);

    public async ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation)
    {
        await BeforeCommit();
        Note(batch);
        var result = Store.Commit(batch);
        batch.Complete(result);
        batch.Release();
        _commits.Writer.TryWrite(result);
        return true;
    }

    /// <summary>Histograms of the last batch, by labels.</summary>
    public List<string> Histograms { get; private set; } = [];

    /// <summary>Exemplars and start times of the last batch.</summary>
    public List<string> Extras { get; private set; } = [];

    /// <summary>Series that the last batch ends.</summary>
    public List<string> Markers { get; private set; } = [];

    private void Note(SampleBatch batch)
    {
        (Histograms, Extras, Markers) = ([], [], []);
        for (int i = 0; i < batch.Count; i++)
        {
            string labels = Shown(Store.LabelsOf(batch.Handles[i])!);
            if (StaleMarker.Is(batch.Values[i])) Markers.Add(labels);
            if (batch.HasHistograms && batch.Histograms[i] is { } histogram) Histograms.Add($"{labels} {HistogramText.Of(histogram)}");
            if (!batch.StartTimestamps.IsEmpty && batch.StartTimestamps[i] != 0) Extras.Add($"{labels} start {batch.StartTimestamps[i]}");
        }
        foreach (var (handle, exemplar) in batch.Exemplars) Extras.Add($"{Shown(Store.LabelsOf(handle)!)} # {exemplar.Labels} {exemplar.Value} @{exemplar.TimestampMs}");
        Histograms.Sort(StringComparer.Ordinal);
    }

    public bool TrySend(SampleBatch batch) => throw new NotSupportedException("scrapes wait");

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.StopAsync();
        Manager.Dispose();
        _listener.Dispose();
        _meter.Dispose();
        Store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // instance holds a random port: left out.
    private static string Shown(Labels labels) =>
        string.Join(',', labels.ToPairs().Where(p => p.Key != "instance").Select(p => p.Key == "__name__" ? p.Value : $"{p.Key}={p.Value}"));
}
