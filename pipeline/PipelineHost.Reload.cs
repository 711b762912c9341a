using Microsoft.Extensions.Logging;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Scrape;
using Streamline.Storage;

namespace Streamline.Pipeline;

/// <summary>The reload: all or nothing. What can fail (reading, building stages and rules) comes first and touches nothing that runs.</summary>
public sealed partial class PipelineHost
{
    // A stage that cannot send on within this time is left behind; its batches are refused by the closed appender at the latest.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private long _reloadSucceededAtMs;
    private volatile bool _reloadSucceeded = true;

    /// <summary>Whether the last load of the configuration was good.</summary>
    public bool LastReloadSucceeded => _reloadSucceeded;

    /// <summary>When a configuration was last taken, ms since the epoch.</summary>
    public long LastReloadMs => Interlocked.Read(ref _reloadSucceededAtMs);

    /// <summary>Reads the configuration again and applies it; a bad one changes nothing.</summary>
    /// <exception cref="ConfigException">The new configuration has errors; the old one runs on.</exception>
    public async Task ReloadAsync()
    {
        await _reload.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var loaded = ConfigLoader.Load(_options.ConfigFile);
            if (!loaded.IsValid) throw new ConfigException(loaded.Errors);
            RefuseUnbuilt(loaded.Config!, _options.Features);
            Warn(loaded);
            var parts = PrepareParts(loaded.Config!);
            var retired = Apply(loaded.Config!);
            try
            {
                CommitParts(parts);
                _config = loaded.Config!;
                NoteReload(success: true);
                LogReloaded(_options.ConfigFile);
                await RetireAsync(retired).ConfigureAwait(false);
            }
            finally
            {
                OpenChains();
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            NoteReload(success: false);
            throw;
        }
        finally
        {
            _reload.Release();
        }
    }

    /// <summary>Chains of equal stages stay, with their routers and so their sources' caches.</summary>
    private Retired Apply(StreamlineConfig config)
    {
        var pipelines = GraphPlan.Pipelines(config, _options.RemoteWriteReceiver, _options.OtlpReceiver);
        var chains = new Dictionary<string, PipelineChain>();
        foreach (var pipeline in pipelines)
        {
            bool keeps = _chains.TryGetValue(pipeline.Name, out var old) && AreSame(old.Stages, pipeline.Stages);
            var chain = keeps ? old! : new PipelineChain(pipeline.Name, pipeline.Stages, Store, _append, _taps, _options.Time, _logger, _journals);
            if (!keeps && old is not null) chain.Hold();
            chains[pipeline.Name] = chain;
        }
        var gone = _sources.Apply(pipelines, chains);
        var drained = _chains.Values.Where(c => !chains.ContainsValue(c)).ToList();
        Volatile.Write(ref _chains, chains);
        return new Retired(gone, drained);
    }

    private void OpenChains()
    {
        foreach (var chain in _chains.Values) chain.Open();
    }

    private async Task RetireAsync(Retired retired)
    {
        foreach (var source in retired.Sources)
        {
            await EndAsync(source).ConfigureAwait(false);
            // Its last scrapes went the old way; its markers come an interval from now.
            if (source.Source is ScrapeSource job) job.SwitchTo(new LateTarget(() => LateWay(source)));
            (source.Source as IDisposable)?.Dispose();
        }
        foreach (var chain in retired.Chains)
        {
            var next = _chains.GetValueOrDefault(chain.Name);
            var drained = chain.DrainAsync((id, config) => next?.Has(id, config) == true);
            if (await Task.WhenAny(drained, Task.Delay(DrainTime, _options.Time)).ConfigureAwait(false) != drained) LogNotDrained(chain.Name);
        }
        _journals.KeepOnly(_chains.Values.SelectMany(c => c.JournalIds));
    }

    private Edge LateWay(RunningSource gone) => Volatile.Read(ref _chains).GetValueOrDefault(gone.Pipeline)?.LateEntry(gone.Id)
        ?? new Edge(gone.Id, GraphPlan.AppendId, _append.Input, () => _append.Queued, AppendNode.Capacity, _options.Time) { Taps = _taps };

    // A source of this process that comes back with other settings goes on with the same series.
    private Task EndAsync(RunningSource gone) => gone.Source switch
    {
        ScrapeSource job => job.RetireAsync(),
        PushReceiver push when _sources.Find<PushReceiver>() is null => push.RetireAsync(),
        IntervalSource own when _sources.All.All(s => s.Id != gone.Id) => own.RetireAsync(),
        _ => gone.Source.StopAsync(),
    };

    private sealed record Retired(IReadOnlyList<RunningSource> Sources, IReadOnlyList<PipelineChain> Chains);

    private static bool AreSame(IReadOnlyList<StageConfig> left, IReadOnlyList<StageConfig> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => ConfigPrinter.AreSame(pair.First, pair.Second));

    // Named here, before anything starts, so that nothing is silently left out of the way of a sample.
    private static void RefuseUnbuilt(StreamlineConfig config, IReadOnlyCollection<string> features)
    {
        var errors = Unbuilt(config);
        if (features.Contains("st-storage") && config.Storage.Tsdb.ChunkEncoding.FloatsOf(features.Contains("xor2-encoding")) == FloatChunkEncoding.Xor)
            errors.Add(Unbuilt(config.Storage, "feature \"st-storage\" and float chunks of the encoding \"xor\", which has no place for start timestamps: switch on the feature \"xor2-encoding\" and leave storage.tsdb.chunk_encoding.floats out"));
        if (errors.Count > 0) throw new ConfigException(errors);
    }

    /// <summary>
    /// What a valid configuration asks for and this build cannot run: <see cref="Open"/> and a reload refuse it, but for discovery mechanisms, without which a job merely has fewer targets.
    /// </summary>
    public static IReadOnlyList<ConfigError> UnbuiltIn(ConfigResult loaded) =>
        loaded.Config is { } config ? [.. Unbuilt(config), .. loaded.Warnings.Where(UnbuiltSdConfig.IsWarning)] : [];

    private static List<ConfigError> Unbuilt(StreamlineConfig config)
    {
        var errors = new List<ConfigError>();
        foreach (var sink in config.Sinks.Where(s => s.Kind is "remote_write")) errors.Add(Unbuilt(sink, "sink \"remote_write\" is not built yet"));
        foreach (var sink in config.Sinks.Where(s => s.Parquet?.Path.Contains("://", StringComparison.Ordinal) == true)) errors.Add(Unbuilt(sink, "sink \"parquet\" into object storage is not built yet, only into a folder"));
        if (config.Mode == RunMode.Agent) errors.Add(Unbuilt(config, "mode \"agent\" is not built yet"));
        return errors;
    }

    private static ConfigError Unbuilt(ConfigNode node, string message)
    {
        var at = node.Origin.Position;
        return new ConfigError(at.File, at.Line, at.Column, "", message);
    }

    private void NoteReload(bool success)
    {
        _reloadSucceeded = success;
        if (success) Interlocked.Exchange(ref _reloadSucceededAtMs, _options.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "configuration {File} taken")]
    private partial void LogReloaded(string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the old stages of pipeline {Pipeline} did not drain in time")]
    private partial void LogNotDrained(string pipeline);
}
