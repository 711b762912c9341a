using Streamline.Storage.Tests.Files;
using Streamline.Tests.Shared;
using static Streamline.Storage.Tests.Scenario;

namespace Streamline.Storage.Tests.Crash;

/// <summary>
/// A store on a file system that fails when told to, with a ledger of what it has promised. After the process died every step does nothing;
/// <see cref="Restart"/> opens the directory again and compares.
/// </summary>
internal sealed class CrashScenario : IDisposable
{
    private readonly Scenario _s;
    private readonly List<string> _log = [];
    private bool _restarted;

    public CrashScenario(Func<TsdbOptions, TsdbOptions>? configure = null) => _s = new Scenario(o => (configure ?? (c => c))(o with { Log = (level, text) => _log.Add($"{level}: {text}") }), failing: true);

    // After a restart the file system that failed is no longer in use.
    private bool IsDead => Files.IsKilled && !_restarted;

    public Ledger Ledger { get; } = new();

    /// <summary>Blocks of out-of-order samples overlap others until compaction has come to them.</summary>
    public bool BlocksMayOverlap { get; init; }

    public FailingFiles Files => _s.Files;

    public Tsdb Db => _s.Db;

    public string Path => _s.Options.Path;

    public IReadOnlyList<string> Log => _log;

    public bool TakesLateSamples => _s.Options.OutOfOrderWindowMs > 0;

    public void Commit(params ReadOnlySpan<(string Series, long Time, double Value)> samples)
    {
        if (IsDead) return;
        var result = _s.Commit(samples);
        bool all = result.Accepted == samples.Length;
        foreach (var (series, time, value) in samples) Ledger.Write(series, time, value, all);
    }

    public void Delete(string series, long fromMs, long toMs)
    {
        bool done = Try(() => Db.Delete(MatchersOf(series), new TimeRange(fromMs, toMs)));
        Ledger.Delete(series, fromMs, toMs, done);
    }

    public void Maintain() => Try(Db.Maintain);

    public void CleanTombstones() => Try(Db.CleanTombstones);

    public void Snapshot() => Try(() => Db.Snapshot(skipHead: false));

    public void Advance(TimeSpan by) => Try(() => ((ManualTimeProvider)_s.Options.Time).Advance(by));

    /// <summary>An orderly end and a new start.</summary>
    public void Reopen() => Try(() => _s.Reopen());

    /// <summary>Dies now, if it has not died yet, optionally with a loss of power, and starts again on a healthy file system.</summary>
    public void Restart(PowerLoss? loss = null)
    {
        Kill();
        if (loss is { } lost) Files.Cut(lost);
        Start();
    }

    /// <summary>The process is killed.</summary>
    public void Kill() => _s.Crash();

    /// <summary>Opens the directory on a healthy file system.</summary>
    public void Start() => StartOn(new FailingFiles(Path));

    public void StartOn(FailingFiles files)
    {
        _s.Open(files);
        _restarted = true;
    }

    /// <summary>Starts and dies on the way, on a file system of its own; whether it died there.</summary>
    public bool StartAndDie(string operation, Fault fault, int nth)
    {
        var files = new FailingFiles(Path).On(operation, fault, nth);
        try
        {
            _s.Open(files);
            _s.Crash();
        }
        catch (IOException)
        {
            // Died before it was open.
        }
        return files.IsKilled;
    }

    /// <summary>A killed store on a copy of the directory.</summary>
    public CrashScenario Copy()
    {
        var copy = new CrashScenario();
        copy.Kill();
        foreach (string file in Directory.GetFiles(copy.Path, "*", SearchOption.AllDirectories)) File.Delete(file);
        foreach (string file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    /// <summary>All that was acknowledged is there once, nothing else is, and the directory is in order.</summary>
    public void Check(string what)
    {
        if (_s.Options.RetentionMs > 0 && Db.Blocks.Count > 0) Ledger.Age(Db.Blocks.Max(b => b.MaxTimeMs) - _s.Options.RetentionMs + 1);
        var problems = Ledger.Check(Db);
        problems.AddRange(Disorder());
        Assert.True(problems.Count == 0, $"{what}:\n{string.Join('\n', problems)}\nlog:\n{string.Join('\n', _log.TakeLast(12))}");
    }

    /// <summary>The same but for leftovers, which may stay while nothing can be written.</summary>
    public void CheckWhileFull(string what)
    {
        var problems = Ledger.Check(Db);
        Assert.True(problems.Count == 0, $"{what}, disk full:\n{string.Join('\n', problems)}\nlog:\n{string.Join('\n', _log.TakeLast(12))}");
    }

    private IEnumerable<string> Disorder()
    {
        var blocks = Db.Blocks;
        // Blocks of late samples lie over the others until they are compacted.
        for (int i = 1; i < blocks.Count && !TakesLateSamples; i++)
        {
            if (!BlocksMayOverlap && blocks[i].MinTimeMs < blocks[i - 1].MaxTimeMs) yield return $"blocks {blocks[i - 1].Ulid} and {blocks[i].Ulid} overlap";
        }
        foreach (string directory in Directory.GetDirectories(Path))
        {
            string name = System.IO.Path.GetFileName(directory);
            if (name is not ("wal" or "snapshots" or "chunks_head" or "wbl" or "streamline") && blocks.All(b => b.Ulid != name)) yield return $"{name} was left behind";
        }
        foreach (string log in Directory.GetDirectories(Path, "w?l"))
        {
            int[] segments = SegmentsOf(log);
            if (segments.Length > 0 && segments[^1] - segments[0] != segments.Length - 1) yield return $"segments of {log} are not in sequence: {string.Join(' ', segments)}";
        }
        foreach (string directory in Directory.GetDirectories(_s.Wal))
        {
            if (directory.EndsWith(".tmp", StringComparison.Ordinal)) yield return $"{directory} was left behind";
        }
    }

    private static int[] SegmentsOf(string log) =>
        [.. Directory.GetFiles(log).Select(f => int.Parse(System.IO.Path.GetFileName(f), System.Globalization.CultureInfo.InvariantCulture)).Order()];

    private static List<LabelMatcher> MatchersOf(string series)
    {
        var matchers = new List<LabelMatcher>();
        foreach (var label in Series(series)) matchers.Add(new LabelMatcher(MatchOperator.Equal, label.NameString, label.ValueString));
        return matchers;
    }

    private bool Try(Action step)
    {
        if (IsDead) return false;
        try
        {
            step();
            return !IsDead;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _s.Dispose();
}
