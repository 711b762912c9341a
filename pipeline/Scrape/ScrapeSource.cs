using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Discovery;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Scrape;

/// <summary>
/// A scrape job as a source of the graph: 1. discovery gives target sets, 2. the set is compared with the running loops, 3. each target's loop scrapes at
/// its ticks and sends one batch per scrape. Loops are independent of each other.
/// </summary>
internal sealed partial class ScrapeSource : ISource
{
    private readonly ScrapeManager _manager;
    private readonly Lock _lock = new();
    private readonly Dictionary<object, ScrapeLoop> _loops = [];
    private IBatchTarget? _target;
    private SeriesRouter _router;
    private readonly IReadOnlyList<string> _unbuilt;
    private DiscoveredGroups? _discovered;
    private IDisposable? _discovery;
    private TargetSet _targets = new([], [], 0);
    private IReadOnlyList<TargetGroup> _groups = [];
    private JobParts _parts;
    private Task _takeOver = Task.CompletedTask;
    private bool _stopped;

    public ScrapeSource(ScrapeManager manager, ScrapeConfig config, SeriesRouter router)
    {
        _manager = manager;
        _router = router;
        Name = config.JobName;
        _parts = JobParts.Of(config, manager);
        _unbuilt = [.. config.Discovery.Unbuilt.Select(sd => $"{sd.Kind}_sd_configs is not built yet: the job has no targets from it")];
    }

    /// <inheritdoc/>
    public string Kind => "scrape";

    /// <inheritdoc/>
    public string Name { get; }

    public ScrapeConfig Config => Volatile.Read(ref _parts).Config;

    public Relabeler MetricRelabeler => Volatile.Read(ref _parts).MetricRelabeler;

    /// <summary>The label side of its pipeline; set anew by a reload. Every loop takes it up at its next scrape.</summary>
    public SeriesRouter Router
    {
        get => Volatile.Read(ref _router);
        set => Volatile.Write(ref _router, value);
    }

    /// <summary>Where batches go now.</summary>
    public IBatchTarget Target => Volatile.Read(ref _target) ?? throw new InvalidOperationException("the source has not been started");

    public int TargetCount
    {
        get
        {
            lock (_lock) return _loops.Count;
        }
    }

    /// <inheritdoc/>
    public void Start(IBatchTarget target)
    {
        SwitchTo(target);
        _manager.Show(this);
        var context = new DiscoveryContext("scrape", Name, _manager.Options.Time, _manager.Options.Logger, _manager.Metrics.Discovery);
        _discovered = _manager.Discovery.Of(Config.Discovery, context);
        _discovery = _discovered.Subscribe(Apply);
    }

    /// <inheritdoc/>
    public void SwitchTo(IBatchTarget target) => Volatile.Write(ref _target, target);

    /// <inheritdoc/>
    public Task StopAsync() => EndAsync(loop => loop.StopAsync());

    /// <summary>Ends because a reload took the job away: its series get stale markers, as when discovery takes a target away.</summary>
    public Task RetireAsync() => EndAsync(loop => loop.RemoveAsync());

    /// <summary>The client of targets behind a socket, or of all others.</summary>
    public ScrapeClient ClientFor(string? unixSocket) => Volatile.Read(ref _parts).ClientFor(unixSocket);

    /// <summary>
    /// Goes on under another configuration when that one gives the same series: intervals, limits of a scrape and the HTTP client may differ. Targets keep their caches, so no series
    /// ends. False leaves everything as it was.
    /// </summary>
    public bool TryReconfigure(ScrapeConfig config)
    {
        if (!ConfigPrinter.AreSame(WithoutPace(Config), WithoutPace(config))) return false;
        var parts = JobParts.Of(config, _manager);
        JobParts old;
        lock (_lock)
        {
            if (_stopped) return false;
            old = _parts;
            Volatile.Write(ref _parts, parts);
            _targets = parts.Builder.Build(_groups);
            Restart();
        }
        old.DisposeLater();
        return true;
    }

    private static ScrapeConfig WithoutPace(ScrapeConfig config) => config with
    {
        ScrapeInterval = default,
        ScrapeTimeout = default,
        BodySizeLimit = default,
        SampleLimit = 0,
        TargetLimit = 0,
        KeepDroppedTargets = 0,
        ScrapeFailureLogFile = "",
        Http = new HttpClientConfig(),
    };

    // Loops are replaced one by one: the new one begins when the old one's batch is stored.
    private void Restart()
    {
        var before = new Dictionary<(Labels, string?, TargetSwitches), ScrapeLoop>();
        foreach (var loop in _loops.Values) before.TryAdd(KeyOf(loop.Model), loop);
        _loops.Clear();
        foreach (var target in _targets.Active)
        {
            before.Remove(KeyOf(target), out var old);
            var loop = new ScrapeLoop(_manager, this, target, old) { ForcedError = _targets.ForcedError };
            _loops[target.Identity] = loop;
            _takeOver = Task.WhenAll(_takeOver, TakeOverAsync(old, loop));
        }
        foreach (var gone in before.Values) _ = gone.RemoveAsync();
    }

    private static (Labels, string?, TargetSwitches) KeyOf(TargetModel target) => (target.Labels, target.Url?.AbsoluteUri, target.Switches);

    private async Task TakeOverAsync(ScrapeLoop? old, ScrapeLoop loop)
    {
        if (old is not null) await old.StopAsync().ConfigureAwait(false);
        lock (_lock)
        {
            if (_stopped || !_loops.ContainsValue(loop)) return;
            if (loop.Model.Error is null) loop.Start();
        }
    }

    /// <summary>The job as the Targets page shows it.</summary>
    public ScrapePoolStatus Status()
    {
        string[] errors = [.. _unbuilt, .. _discovered?.Problems ?? []];
        lock (_lock)
        {
            var targets = _loops.Values.Select(loop => loop.Status()).OrderBy(status => status.Labels).ToList();
            return new ScrapePoolStatus(Name, targets, _targets.Dropped, _targets.DroppedCount, errors);
        }
    }

    /// <summary>Waits for the scrapes that run now.</summary>
    public async Task WhenIdleAsync()
    {
        Task takeOver;
        lock (_lock) takeOver = _takeOver;
        await takeOver.ConfigureAwait(false);
        Task[] loops;
        lock (_lock) loops = [.. _loops.Values.Select(loop => loop.WhenIdleAsync())];
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    private void Apply(IReadOnlyList<TargetGroup> groups)
    {
        List<ScrapeLoop> removed = [];
        lock (_lock)
        {
            if (_stopped) return;
            _groups = groups;
            _targets = _parts.Builder.Build(groups);
            var wanted = _targets.Active.ToDictionary(target => (object)target.Identity);
            foreach (var (identity, loop) in _loops.Where(running => !wanted.ContainsKey(running.Key)).ToList())
            {
                _loops.Remove(identity);
                removed.Add(loop);
            }
            foreach (var (identity, target) in wanted) Keep(identity, target);
            foreach (var loop in _loops.Values) loop.ForcedError = _targets.ForcedError;
        }
        _manager.Metrics.Syncs.Add(1, new KeyValuePair<string, object?>("scrape_job", Name));
        foreach (var loop in removed) _ = loop.RemoveAsync();
    }

    // A target that goes on keeps its loop, caches and phase; what discovery says about it may have changed.
    private void Keep(object identity, TargetModel target)
    {
        if (_loops.TryGetValue(identity, out var running))
        {
            running.Discovered = target.Discovered;
            return;
        }
        var loop = new ScrapeLoop(_manager, this, target) { ForcedError = _targets.ForcedError };
        _loops[identity] = loop;
        if (target.Error is null)
        {
            loop.Start();
            return;
        }
        LogInvalidTarget(_manager.Options.Logger, Name, target.Discovered.ToString(), target.Error);
        _manager.Metrics.FailedTargets.Add(1, new KeyValuePair<string, object?>("scrape_job", Name));
    }

    private async Task EndAsync(Func<ScrapeLoop, Task> end)
    {
        _discovery?.Dispose();
        ScrapeLoop[] loops;
        lock (_lock)
        {
            _stopped = true;
            loops = [.. _loops.Values];
            _loops.Clear();
        }
        await Task.WhenAll(loops.Select(end)).ConfigureAwait(false);
        _manager.Hide(this);
        _parts.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "job {Job}: target {Target} cannot be scraped: {Reason}")]
    private static partial void LogInvalidTarget(ILogger logger, string job, string target, string reason);
}
