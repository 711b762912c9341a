using System.Diagnostics.Metrics;
using Streamline.Pipeline.Alerting;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Rules;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Pipeline.Tests.Rules;

/// <summary>A database, an engine and the rules in virtual time. Batches are committed as they are sent; the thread is the test's.</summary>
internal sealed class RuleRig : IBatchTarget, IAlertTarget, IDisposable
{
    public const long Start = 1_700_000_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("rules-").FullName;
    private readonly Meter _meter = new("test");
    private readonly Tsdb _tsdb;
    private readonly QueryEngine _engine;
    private readonly LogLines _log = new();

    public RuleRig()
    {
        _tsdb = Tsdb.Open(new TsdbOptions { Path = Path.Combine(_folder, "data"), Time = Time });
        _engine = new QueryEngine(_tsdb, new QueryEngineOptions { Time = Time });
        Rules = NewRules();
    }

    public ManualTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));

    public LiveRules Rules { get; private set; }

    public List<AlertUpdate> Sent { get; } = [];

    public IReadOnlyList<string> Logged => _log.Lines;

    public int Evaluations { get; private set; }

    /// <summary>Updates that the target takes before it is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public string JournalPath => Path.Combine(_folder, "alerts");

    public void Load(params RuleGroupConfig[] groups) => Rules.Commit(Rules.Prepare(groups, new GlobalConfig()));

    /// <summary>Ends the process without a word, as kill -9, and starts over on the same journal.</summary>
    public void Restart()
    {
        Rules.Dispose();
        Rules = NewRules();
    }

    public void Write(string metric, double value, params (string, string)[] labels) => WriteAt(Now, metric, value, labels);

    public void WriteAt(long timestampMs, string metric, double value, params (string, string)[] labels)
    {
        var batch = new SampleBatch("test");
        batch.Add(_tsdb.Resolve(Labels.Of([("__name__", metric), .. labels])), timestampMs, value);
        Commit(batch);
    }

    public void Write(string metric, NativeHistogram histogram, params (string, string)[] labels)
    {
        var batch = new SampleBatch("test");
        batch.Add(_tsdb.Resolve(Labels.Of([("__name__", metric), .. labels])), Now, histogram);
        Commit(batch);
    }

    /// <summary>Moves the clock and runs all that came due at each step of it.</summary>
    public void Advance(long milliseconds, long stepMs = 100)
    {
        for (long done = 0; done < milliseconds; done += stepMs)
        {
            Time.Advance(TimeSpan.FromMilliseconds(stepMs));
            Rules.RunDue();
        }
    }

    public RuleSnapshot Rule(string name) => Rules.Snapshot().SelectMany(g => g.Rules).Single(r => r.Name == name);

    /// <summary>Value of a query, one line a series.</summary>
    public string Query(string text) => string.Join("\n", _engine.Instant(PromqlParser.Parse(text), Now, CancellationToken.None).Series
        .Select(s => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{s.Labels} {s.Values.Span[0]}")));

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation)
    {
        Commit(batch);
        return ValueTask.FromResult(true);
    }

    public bool TrySend(SampleBatch batch) => throw new NotSupportedException();

    public int Post(ReadOnlySpan<AlertUpdate> updates)
    {
        int taken = Math.Min(Room, updates.Length);
        Sent.AddRange(updates[..taken]);
        return taken;
    }

    public void Dispose()
    {
        Rules.Dispose();
        _engine.Dispose();
        _tsdb.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public static RuleGroupConfig Group(string name, double intervalSeconds, params RuleConfig[] rules) =>
        new() { File = "rules.yml", Name = name, Interval = TimeSpan.FromSeconds(intervalSeconds), Rules = rules, Evaluation = new RuleEvaluationConfig() };

    public static RuleConfig Alert(string name, string expr, double forSeconds = 0, double keepSeconds = 0) =>
        new() { Alert = name, Expr = expr, For = TimeSpan.FromSeconds(forSeconds), KeepFiringFor = TimeSpan.FromSeconds(keepSeconds) };

    private void Commit(SampleBatch batch)
    {
        CommitResult result = _tsdb.Commit(batch);
        Rules.OnCommitted(batch);
        batch.Complete(result);
        batch.Release();
    }

    private LiveRules NewRules() => new(new LiveRulesSetup
    {
        Parse = text => PromqlParser.Parse(text),
        Evaluate = (expr, time, origin, cancellation) =>
        {
            Evaluations++;
            return _engine.Instant(expr, time, origin, cancellation);
        },
        Resolve = _tsdb.Resolve,
        IsLive = _tsdb.IsLive,
        WatchSeries = _tsdb.WatchSeries,
        Target = this,
        Alerts = this,
        JournalPath = JournalPath,
        Time = Time,
        Meter = _meter,
        Logger = _log,
        ExternalUrl = "http://me",
    });
}
