using Streamline.Storage;
using Streamline.Tests.Shared;

namespace Streamline.Conformance.Running;

/// <summary>Where a script's samples lie.</summary>
internal interface IScriptStore : IDisposable
{
    /// <summary>What the engine reads; another one after <see cref="Clear"/>.</summary>
    ISampleStore Samples { get; }

    void Add(Labels labels, long timestampMs, double value, long startMs);

    void Add(Labels labels, long timestampMs, NativeHistogram histogram, long startMs);

    /// <summary>The samples of one command are complete.</summary>
    void Commit();

    /// <summary>Forgets everything.</summary>
    void Clear();
}

/// <summary>A table in memory; histograms come back with the hints that a storage of chunks would give them.</summary>
internal sealed class MemoryScriptStore : IScriptStore
{
    private readonly MemoryTable _table = new();
    private readonly Dictionary<Labels, StoredHints> _hints = [];

    public ISampleStore Samples => _table;

    public void Add(Labels labels, long timestampMs, double value, long startMs)
    {
        _table.Add(labels, timestampMs, value, startMs);
        if (_hints.TryGetValue(labels, out StoredHints? hints)) hints.EndChunk();
    }

    public void Add(Labels labels, long timestampMs, NativeHistogram histogram, long startMs)
    {
        if (!_hints.TryGetValue(labels, out StoredHints? hints)) _hints[labels] = hints = new StoredHints();
        _table.Add(labels, timestampMs, hints.Next(histogram), startMs);
    }

    public void Commit() { }

    public void Clear()
    {
        _table.Clear();
        _hints.Clear();
    }

    public void Dispose() { }
}

/// <summary>A real database in a folder of its own.</summary>
internal sealed class DatabaseScriptStore : IScriptStore
{
    // The scripts jump by days; Prometheus's own runner takes as long a head.
    private const long HeadMs = 24 * 3600 * 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("streamline-scripts-").FullName;
    private int _opened;
    private Tsdb _tsdb;
    private SampleBatch? _batch;

    public DatabaseScriptStore() => _tsdb = Open();

    public ISampleStore Samples => _tsdb;

    public void Add(Labels labels, long timestampMs, double value, long startMs) =>
        Batch.Add(_tsdb.Resolve(labels), timestampMs, value);

    public void Add(Labels labels, long timestampMs, NativeHistogram histogram, long startMs) =>
        Batch.Add(_tsdb.Resolve(labels), timestampMs, histogram);

    public void Commit()
    {
        if (_batch is null) return;
        CommitResult result = _tsdb.Commit(_batch);
        _batch.Complete(result);
        _batch.Release();
        _batch = null;
    }

    public void Clear()
    {
        _tsdb.Dispose();
        _tsdb = Open();
    }

    public void Dispose()
    {
        _tsdb.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SampleBatch Batch => _batch ??= new SampleBatch("scripts");

    private Tsdb Open() => Tsdb.Open(new TsdbOptions
    {
        Path = Path.Combine(_folder, $"{_opened++}"),
        BlockDurationMs = HeadMs,
        Fsync = FsyncPolicy.Never,
        Time = new ManualTimeProvider(DateTimeOffset.UnixEpoch),
    });
}
