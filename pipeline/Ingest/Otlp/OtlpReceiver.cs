using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>
/// OTLP metrics over HTTP (reference W18-W21): one request is one batch, answered from its commit. Delta points are added up here, per series; a series that is
/// silent for five minutes begins anew, which PromQL takes for a counter reset. Totals are written
/// before the request is answered, and go on after a restart.
/// </summary>
internal sealed class OtlpReceiver : ReceiverSource, IOtlpSink
{
    private const long RoundMs = 60_000;
    private const int MaxTargets = 100_000;
    private const long MaxAheadMs = 10 * 60 * 1000;

    private readonly Tsdb _store;
    private readonly Func<OtlpConfig> _config;
    private readonly MetadataCatalogue _catalogue;
    private readonly TimeProvider _time;
    private readonly Counter<long> _warnings;
    private readonly DeltaStreams _streams;
    private readonly bool _typeAndUnit;

    // Everything below is guarded by the lock: one request is translated at a time.
    private readonly Lock _lock = new();
    private readonly RouteCache _cache = new();
    private readonly LabelsBuilder _labels = new();
    private readonly SourceMetadata _metadata = new();
    private readonly Dictionary<RouteKey, long> _targets = [];
    private byte[] _keyText = new byte[1024];
    private long _removals;
    private long _roundEndsMs;
    private long _nowMs;
    private SampleBatch _batch = null!;

    public OtlpReceiver(string name, Func<OtlpConfig> config, Tsdb store, SeriesRouter router, MetadataCatalogue catalogue, DeltaStreams streams, TimeProvider time, Meter meter, bool typeAndUnit = false) : base("otlp", name, router)
    {
        (_config, _store, _catalogue, _streams, _time, _typeAndUnit) = (config, store, catalogue, streams, time, typeAndUnit);
        _warnings = meter.CreateCounter<long>("prometheus_api_otlp_translation_warnings_total", description: "What OTLP requests said that Prometheus's model cannot hold as it was, by kind.");
        foreach (string category in (string[])["label_name_collision", "empty_data_points"]) Warn(category, 0);
    }

    /// <summary>Delta series added up now.</summary>
    public int Streams
    {
        get
        {
            lock (_streams.Gate) return _streams.Count;
        }
    }

    public override void Start(IBatchTarget target)
    {
        _catalogue.Add(_metadata);
        base.Start(target);
    }

    public override Task StopAsync()
    {
        _catalogue.Remove(_metadata);
        return base.StopAsync();
    }

    /// <summary>Stores a request; the body is decompressed already.</summary>
    public async Task<IngestAnswer> WriteAsync(ReadOnlyMemory<byte> body, string contentType)
    {
        string type = contentType.Split(';')[0].Trim();
        bool isJson = type.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && !type.Equals("application/x-protobuf", StringComparison.OrdinalIgnoreCase)) return new(415, $"content type \"{contentType}\" is neither application/x-protobuf nor application/json");
        SampleBatch batch;
        string? problem;
        bool isWritten;
        try
        {
            var resources = isJson ? OtlpJson.Read(body) : OtlpProtobuf.Read(body.Span);
            (batch, problem, isWritten) = Translate(resources);
        }
        catch (IngestFormatException error)
        {
            return IngestAnswer.Bad(error.Message);
        }
        if (!isWritten)
        {
            batch.Release();
            return IngestAnswer.Busy("the journal of delta series cannot be written");
        }
        if (batch.Count == 0 && batch.Dropped.Rejected == 0 && batch.Exemplars.Count == 0)
        {
            batch.Release();
            return problem is null ? new IngestAnswer(200) : IngestAnswer.Bad(problem);
        }
        if (await DeliverAsync(batch).ConfigureAwait(false) is not { } result) return IngestAnswer.Busy("the append queue is full");
        if (result.RejectedBy(RejectReason.StaleHandle) > 0) Interlocked.Exchange(ref _removals, -1);
        return Refusal(result, problem) ?? new IngestAnswer(200);
    }

    void IOtlpSink.Add(LabelsBuilder labels, long timestampMs, double value, long startMs)
    {
        if (RouteFor(labels, timestampMs) is not { } route) return;
        _batch.Add(route.Handle, timestampMs, value);
        if (startMs != 0) _batch.SetStart(startMs);
    }

    void IOtlpSink.Add(LabelsBuilder labels, long timestampMs, NativeHistogram histogram, long startMs)
    {
        if (RouteFor(labels, timestampMs) is not { } route) return;
        _batch.Add(route.Handle, timestampMs, histogram);
        if (startMs != 0) _batch.SetStart(startMs);
    }

    void IOtlpSink.Add(LabelsBuilder labels, Exemplar exemplar)
    {
        var route = Find(labels);
        if (!route.IsDropped && exemplar.TimestampMs <= _nowMs + MaxAheadMs) _batch.Add(route.Handle, exemplar);
    }

    void IOtlpSink.AddTargetInfo(LabelsBuilder labels, long timestampMs)
    {
        var key = KeyOf(labels);
        if (_targets.TryGetValue(key, out long last) && timestampMs <= last) return;
        if (RouteFor(labels, timestampMs) is not { } route) return;
        if (_targets.Count >= MaxTargets) _targets.Clear();
        _targets[key] = timestampMs;
        _batch.Add(route.Handle, timestampMs, 1);
    }

    string? IOtlpSink.Accumulate(LabelsBuilder labels, OtlpPoint point, OtlpKind kind)
    {
        if (_streams.Touch(StreamKeyOf(labels), _nowMs) is not { } stream) return $"more than {DeltaStreams.MaxStreams} delta series at a time";
        if (stream.TryAdd(point, kind)) return null;
        _batch.Drop(RejectReason.OutOfOrder);
        return null;
    }

    private (SampleBatch Batch, string? Problem, bool IsWritten) Translate(List<OtlpResource> resources)
    {
        lock (_lock)
        {
            lock (_streams.Gate) return TranslateHeld(resources);
        }
    }

    private (SampleBatch Batch, string? Problem, bool IsWritten) TranslateHeld(List<OtlpResource> resources)
    {
        _nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _batch = new SampleBatch("otlp") { ReceivedAt = _time.GetTimestamp() };
        StartRound();
        try
        {
            var translator = new OtlpTranslator(_config(), this, _metadata, _labels, _typeAndUnit);
            translator.Add(resources);
            Warn("label_name_collision", translator.Collisions);
            Warn("empty_data_points", translator.EmptyMetrics);
            return (_batch, translator.Problem, _streams.TryWrite());
        }
        catch
        {
            _batch.Release();
            throw;
        }
    }

    private void StartRound()
    {
        _cache.Use(Router.Generation);
        long removals = _store.Removals;
        if (Interlocked.Exchange(ref _removals, removals) != removals) _cache.Forget(handle => _store.LabelsOf(handle) is null);
        if (_nowMs < _roundEndsMs) return;
        _cache.BeginRound();
        _metadata.EndRound();
        _metadata.BeginRound();
        _roundEndsMs = _nowMs + RoundMs;
        _streams.Expire(_nowMs);
    }

    private Route? RouteFor(LabelsBuilder labels, long timestampMs)
    {
        var route = Find(labels);
        if (!route.IsDropped && timestampMs <= _nowMs + MaxAheadMs) return route;
        _batch.Drop(!route.IsDropped ? RejectReason.OutOfBounds : route.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
        return null;
    }

    private Route Find(LabelsBuilder labels)
    {
        var key = KeyOf(labels);
        if (_cache.TryTouch(key, track: false, out var route, out _)) return route;
        // The stages change the builder, and the translator goes on with it.
        route = Router.Resolve(new LabelsBuilder().Reset(labels.Build()));
        _cache.Add(key, route, track: false);
        return route;
    }

    // The pairs in the builder's order, which is the same for equal points of equal senders; another order costs an entry of its own, no error.
    private RouteKey KeyOf(LabelsBuilder labels) => RouteKey.Of(KeyText(labels));

    // The same in every process, since it stands in the journal; a collision would be somebody else's total.
    private UInt128 StreamKeyOf(LabelsBuilder labels)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(KeyText(labels), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private ReadOnlySpan<byte> KeyText(LabelsBuilder labels)
    {
        int used = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            Append(labels.NameAt(i), ref used);
            Append(labels.ValueAt(i), ref used);
        }
        return _keyText.AsSpan(0, used);
    }

    private void Append(ReadOnlySpan<byte> text, ref int used)
    {
        int needed = used + 4 + text.Length;
        if (needed > _keyText.Length) Array.Resize(ref _keyText, Math.Max(needed, _keyText.Length * 2));
        BinaryPrimitives.WriteInt32LittleEndian(_keyText.AsSpan(used), text.Length);
        text.CopyTo(_keyText.AsSpan(used + 4));
        used = needed;
    }

    private void Warn(string category, int count) => _warnings.Add(count, new KeyValuePair<string, object?>("category", category));
}
