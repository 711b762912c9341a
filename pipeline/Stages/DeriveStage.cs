using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Query;
using Streamline.Query.Syntax;
using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>
/// Computes new series from the samples of one batch with a PromQL expression, at the batch's newest time, and adds them to the same batch. A batch
/// without any series that the expression names passes untouched. A result that is not computed again is out of sight after PromQL's lookback.
/// </summary>
internal sealed class DeriveStage : IBatchStage, IDisposable
{
    // The data is in memory and small; an expression that takes longer holds up the pipeline.
    private const long TimeoutMs = 10_000;

    private readonly DeriveStageConfig _config;
    private readonly Tsdb _store;
    private readonly Expr _expr;
    private readonly BatchTable _table = new();
    private readonly QueryEngine _engine;
    private readonly IReadOnlyList<LabelMatcher>[] _selectors;
    private readonly LabelsBuilder _labels = new();
    private readonly HashSet<Labels> _given = [];

    // By slot of the head: its tenant, and its labels when the expression names it.
    private (ulong Ref, Labels? Labels)[] _slots = [];

    private long _results;
    private long _failures;
    private volatile string _lastError = "";

    public DeriveStage(string name, DeriveStageConfig config, Tsdb store, TimeProvider time)
    {
        (Name, _config, _store) = (name, config, store);
        _expr = PromqlParser.Parse(config.Expr);
        _selectors = [.. _expr.Selectors().Select(s => s.Matchers)];
        _engine = new QueryEngine(_table, new QueryEngineOptions { Time = time, TimeoutMs = TimeoutMs });
    }

    public string Kind => "derive";

    public string Name { get; }

    public IReadOnlyDictionary<string, string> Details
    {
        get
        {
            var details = new Dictionary<string, string> { ["record"] = _config.Record, ["expr"] = _expr.ToString(), ["samples derived"] = $"{Interlocked.Read(ref _results)}" };
            if (_lastError.Length > 0) (details["failures"], details["last error"]) = ($"{Interlocked.Read(ref _failures)}", _lastError);
            return details;
        }
    }

    public void Process(SampleBatch batch)
    {
        if (Load(batch) is not { } newestMs) return;
        try
        {
            Add(batch, _engine.Instant(_expr, newestMs, CancellationToken.None), newestMs);
        }
        catch (QueryException error)
        {
            Fail(error.Message);
        }
        finally
        {
            _table.Clear();
        }
    }

    public SampleBatch? Begin() => null;

    public SampleBatch? Flush(bool goesOn)
    {
        Dispose();
        return null;
    }

    public void Dispose() => _engine.Dispose();

    // Null when the batch brings nothing that the expression names.
    private long? Load(SampleBatch batch)
    {
        long? newestMs = null;
        for (int i = 0; i < batch.Count; i++)
        {
            if (LabelsOf(batch.Handles[i]) is not { } labels) continue;
            _table.Add(labels, batch.Timestamps[i], batch.Values[i], batch.Histograms.IsEmpty ? null : batch.Histograms[i]);
            newestMs = Math.Max(newestMs ?? long.MinValue, batch.Timestamps[i]);
        }
        return newestMs;
    }

    private Labels? LabelsOf(SeriesHandle handle)
    {
        if (handle.Slot >= _slots.Length) Array.Resize(ref _slots, Math.Max(handle.Slot + 1, _slots.Length * 2));
        ref var slot = ref _slots[handle.Slot];
        if (slot.Ref != handle.Ref)
        {
            var labels = _store.LabelsOf(handle);
            bool isNamed = labels is not null && _selectors.Any(s => s.All(m => m.Matches(labels.ValueOf(m.NameUtf8.Span))));
            slot = (handle.Ref, isNamed ? labels : null);
        }
        return slot.Labels;
    }

    private void Add(SampleBatch batch, QueryResult result, long newestMs)
    {
        _given.Clear();
        foreach (var series in result.Series)
        {
            var labels = Named(series.Labels);
            if (!_given.Add(labels))
            {
                Fail($"two results have the labels {labels}");
                return;
            }
        }
        foreach (ResultSeries series in result.Series)
        {
            SeriesHandle handle = _store.Resolve(Named(series.Labels));
            if (series.Values.Length > 0) batch.Add(handle, newestMs, series.Values.Span[0]);
            else batch.Add(handle, newestMs, series.Histograms.Span[0]);
        }
        Interlocked.Add(ref _results, result.Series.Count);
    }

    private Labels Named(Labels labels)
    {
        _labels.Reset(labels).Set("__name__", _config.Record);
        foreach (var (name, value) in _config.Labels) _labels.Set(name, value);
        return _labels.Build();
    }

    private void Fail(string error)
    {
        Interlocked.Increment(ref _failures);
        _lastError = error;
    }
}
