using System.Buffers;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Stages;
using Streamline.Storage;
using Streamline.Storage.Encoding;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Remote write 1.0 and 2.0 in (reference W11-W13): one request is one batch; the answer comes from its commit. Samples of a series that was seen before cost a
/// hash of its raw labels and no parsing. Hot path: a request allocates its batch and nothing per sample.
/// </summary>
internal sealed partial class RemoteWriteReceiver : ReceiverSource
{
    /// <summary>Largest request once decoded; checked against the declared length before anything is allocated (Prometheus: 32 MB).</summary>
    public const int MaxDecodedBytes = 32 << 20;

    // Prometheus refuses samples further ahead than this, so that a broken clock cannot push the head into the future.
    private const long MaxAheadMs = 10 * 60 * 1000;

    // Routes that were not met for ten rounds may be let go; a round a minute keeps those of slow senders.
    private const long RoundMs = 60_000;

    private readonly Tsdb _store;
    private readonly bool _typeAndUnit;
    private readonly TimeProvider _time;
    private readonly MetadataCatalogue _catalogue;

    // Guards the cache and the builder: resolving 2,500 known series takes about a quarter of a millisecond.
    private readonly Lock _lock = new();
    private readonly RouteCache _cache = new();
    private readonly LabelsBuilder _labels = new();
    private readonly SourceMetadata _metadata = new();
    private long _roundEndsMs;

    // Of the store, when the cache's routes were last known to be live.
    private long _removals;

    // Counters of the meter are found again by name: a receiver that a reload made anew counts on.
    private readonly Counter<long> _requests;
    private readonly Counter<long> _invalidSeries;

    // typeAndUnit: the feature type-and-unit-labels, for senders of 2.0.
    public RemoteWriteReceiver(string name, Tsdb store, SeriesRouter router, MetadataCatalogue metadata, TimeProvider time, Meter meter, bool typeAndUnit = false) : base("remote_write", name, router)
    {
        (_store, _typeAndUnit) = (store, typeAndUnit);
        _time = time;
        _catalogue = metadata;
        _requests = meter.CreateCounter<long>("streamline_remote_write_requests_total", description: "Remote write requests received.");
        _invalidSeries = meter.CreateCounter<long>("prometheus_api_remote_write_invalid_labels_samples_total", description: "Series of remote write requests refused for their labels.");
        _requests.Add(0);
        _invalidSeries.Add(0);
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

    /// <summary>Stores a request. The body is the snappy block as it came.</summary>
    public async Task<IngestAnswer> WriteAsync(ReadOnlyMemory<byte> body, string contentType, string contentEncoding)
    {
        _requests.Add(1);
        if (Unsupported(contentType, contentEncoding, out bool isV2) is { } refusal) return refusal;
        if (!Snappy.TryGetLength(body.Span, MaxDecodedBytes, out int length)) return IngestAnswer.Bad($"snappy: the block is broken or decodes to more than {MaxDecodedBytes} bytes");
        byte[] decoded = ArrayPool<byte>.Shared.Rent(length);
        var outcome = new Outcome();
        SampleBatch batch;
        try
        {
            if (!Snappy.TryDecode(body.Span, decoded.AsSpan(0, length), out _)) return IngestAnswer.Bad("snappy: the block is broken");
            batch = Fill(decoded.AsSpan(0, length), isV2, outcome);
        }
        catch (IngestFormatException error)
        {
            return Counted(IngestAnswer.Bad(error.Message), isV2, default);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
        return await StoreAsync(batch, isV2, outcome).ConfigureAwait(false);
    }

    private async Task<IngestAnswer> StoreAsync(SampleBatch batch, bool isV2, Outcome outcome)
    {
        if (batch.Count == 0 && batch.Dropped.Rejected == 0 && batch.Exemplars.Count == 0)
        {
            batch.Release();
            return Counted(Refusal(default, outcome.Error) ?? IngestAnswer.Stored, isV2, default);
        }
        if (await DeliverAsync(batch).ConfigureAwait(false) is not { } result) return IngestAnswer.Busy("the append queue is full");
        // The look came before the removal: the next request looks again.
        if (result.RejectedBy(RejectReason.StaleHandle) > 0) Interlocked.Exchange(ref _removals, -1);
        // As Prometheus answers: senders of 1.0 are not told.
        if (isV2 && result.OutOfOrderExemplars > 0) outcome.Error ??= $"{result.OutOfOrderExemplars} exemplars out of order";
        return Counted(Refusal(result, outcome.Error) ?? IngestAnswer.Stored, isV2, new WrittenCounts(result.Accepted - result.AcceptedHistograms, result.AcceptedHistograms, result.AcceptedExemplars));
    }

    // Senders of 2.0 take an answer without these headers for one of a receiver that stored nothing.
    private static IngestAnswer Counted(IngestAnswer answer, bool isV2, WrittenCounts written) => isV2 ? answer with { Written = written } : answer;

    private sealed class Outcome
    {
        /// <summary>The first thing wrong with what was sent.</summary>
        public string? Error { get; set; }
    }

    private static IngestAnswer? Unsupported(string contentType, string contentEncoding, out bool isV2)
    {
        isV2 = false;
        string[] parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        // Senders of the days before the specification name neither; Prometheus takes them as 1.0 in snappy.
        if (contentType.Length > 0 && !parts[0].Equals("application/x-protobuf", StringComparison.OrdinalIgnoreCase)) return new(415, $"content type \"{contentType}\" is not application/x-protobuf");
        string? message = parts.Skip(1).FirstOrDefault(p => p.StartsWith("proto=", StringComparison.OrdinalIgnoreCase))?["proto=".Length..];
        isV2 = message == "io.prometheus.write.v2.Request";
        if (!isV2 && message is not (null or "prometheus.WriteRequest")) return new(415, $"message \"{message}\" is neither prometheus.WriteRequest nor io.prometheus.write.v2.Request");
        if (contentEncoding.Length > 0 && !contentEncoding.Equals("snappy", StringComparison.OrdinalIgnoreCase)) return new(415, $"content encoding \"{contentEncoding}\" is not snappy");
        return null;
    }

    private SampleBatch Fill(ReadOnlySpan<byte> request, bool isV2, Outcome outcome)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        // About 100 bytes a sample on the wire; the columns grow when that was wrong.
        var batch = new SampleBatch("remote_write", request.Length / 100) { ReceivedAt = _time.GetTimestamp() };
        lock (_lock)
        {
            try
            {
                StartRound(nowMs);
                if (isV2) FillV2(batch, request, nowMs, outcome);
                else FillV1(batch, request, nowMs, outcome);
                return batch;
            }
            catch
            {
                batch.Release();
                throw;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillV1(SampleBatch batch, ReadOnlySpan<byte> request, long nowMs, Outcome outcome)
    {
        var reader = new RemoteWriteReader(request);
        while (reader.MoveNext(_metadata))
        {
            var route = RouteOf(ref reader, outcome);
            if (route is { } found) AddSamples(batch, ref reader, found, nowMs, outcome);
        }
    }

    private void StartRound(long nowMs)
    {
        _cache.Use(Router.Generation);
        ForgetRemoved();
        if (nowMs < _roundEndsMs) return;
        _cache.BeginRound();
        _metadata.EndRound();
        _metadata.BeginRound();
        _roundEndsMs = nowMs + RoundMs;
    }

    // A look at each series' line to see that it lives would fetch it from the core that has just appended to it. A series that leaves between
    // here and the commit is refused there, and the sender tries again.
    private void ForgetRemoved()
    {
        long removals = _store.Removals;
        if (Interlocked.Exchange(ref _removals, removals) == removals) return;
        // Not by IsLive, which would mark every series as in use: those that nobody writes any more would stay in the head for ever.
        _cache.Forget(handle => _store.LabelsOf(handle) is null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Route? RouteOf(ref RemoteWriteReader reader, Outcome outcome)
    {
        var key = RouteKey.Of(reader.RawLabels);
        if (_cache.TryTouch(key, track: false, out var route, out _)) return route;
        if (reader.DecodeLabels(_labels) is { } error)
        {
            _invalidSeries.Add(1);
            outcome.Error ??= error;
            return null;
        }
        route = Router.Resolve(_labels);
        _cache.Add(key, route, track: false);
        return route;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddSamples(SampleBatch batch, ref RemoteWriteReader reader, Route route, long nowMs, Outcome outcome)
    {
        if (reader.TryOnlySample(out long timestampMs, out double value))
        {
            if (Admit(batch, route, timestampMs, nowMs)) batch.Add(route.Handle, timestampMs, value);
            return;
        }
        var samples = reader.Samples();
        while (samples.MoveNext())
        {
            if (samples.Item == RemoteWriteItem.Sample)
            {
                if (Admit(batch, route, samples.TimestampMs, nowMs)) batch.Add(route.Handle, samples.TimestampMs, samples.Value);
            }
            else if (samples.Item == RemoteWriteItem.Histogram)
            {
                AddHistogram(batch, samples.Message, route, nowMs, outcome);
            }
            else
            {
                AddExemplar(batch, RemoteWriteReader.ReadExemplar(samples.Message, _labels), route, nowMs, outcome);
            }
        }
    }

    // Counts what is not taken in.
    private static bool Admit(SampleBatch batch, Route route, long timestampMs, long nowMs)
    {
        if (!route.IsDropped && timestampMs <= nowMs + MaxAheadMs) return true;
        batch.Drop(!route.IsDropped ? RejectReason.OutOfBounds : route.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
        return false;
    }

    private static void AddHistogram(SampleBatch batch, ReadOnlySpan<byte> message, Route route, long nowMs, Outcome outcome)
    {
        var histogram = HistogramMessage.Read(message, out long timestampMs, out long startMs, out string? problem);
        if (problem is not null)
        {
            outcome.Error ??= problem;
            return;
        }
        if (!Admit(batch, route, timestampMs, nowMs)) return;
        batch.Add(route.Handle, timestampMs, histogram);
        if (startMs != 0) batch.SetStart(startMs);
    }

    private static void AddExemplar(SampleBatch batch, Exemplar? exemplar, Route route, long nowMs, Outcome outcome)
    {
        if (exemplar is null) outcome.Error ??= "an exemplar has an invalid label";
        // One from the future would keep out all that come before it is reached.
        else if (!route.IsDropped && exemplar.TimestampMs <= nowMs + MaxAheadMs) batch.Add(route.Handle, exemplar);
    }
}
