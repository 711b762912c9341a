using System.Buffers;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Streamline.Pipeline.Stages;
using Streamline.Storage;
using Streamline.Storage.Encoding;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// Remote write 1.0 in (reference W11-W13): one request is one batch; the answer comes from its commit. Samples of a series that was seen before cost a
/// hash of its raw labels and no parsing. Hot path: a request allocates its batch and nothing per sample.
/// </summary>
internal sealed class RemoteWriteReceiver : ReceiverSource
{
    /// <summary>Largest request once decoded; checked against the declared length before anything is allocated (Prometheus: 32 MB).</summary>
    public const int MaxDecodedBytes = 32 << 20;

    // Prometheus refuses samples further ahead than this, so that a broken clock cannot push the head into the future.
    private const long MaxAheadMs = 10 * 60 * 1000;

    // Routes that were not met for ten rounds may be let go; a round a minute keeps those of slow senders.
    private const long RoundMs = 60_000;

    private readonly Tsdb _store;
    private readonly TimeProvider _time;

    // Guards the cache and the builder: resolving 2,500 known series takes about a quarter of a millisecond.
    private readonly Lock _lock = new();
    private readonly RouteCache _cache = new();
    private readonly LabelsBuilder _labels = new();
    private long _roundEndsMs;

    // Of the store, when the cache's routes were last known to be live.
    private long _removals;

    // Counters of the meter are found again by name: a receiver that a reload made anew counts on.
    private readonly Counter<long> _requests;
    private readonly Counter<long> _invalidSeries;

    public RemoteWriteReceiver(string name, Tsdb store, SeriesRouter router, TimeProvider time, Meter meter) : base("remote_write", name, router)
    {
        _store = store;
        _time = time;
        _requests = meter.CreateCounter<long>("streamline_remote_write_requests_total", description: "Remote write requests received.");
        _invalidSeries = meter.CreateCounter<long>("prometheus_api_remote_write_invalid_labels_samples_total", description: "Series of remote write requests refused for their labels.");
        _requests.Add(0);
        _invalidSeries.Add(0);
    }

    /// <summary>Stores a request. The body is the snappy block as it came.</summary>
    public async Task<IngestAnswer> WriteAsync(ReadOnlyMemory<byte> body, string contentType, string contentEncoding)
    {
        _requests.Add(1);
        if (Refusal(contentType, contentEncoding) is { } refusal) return refusal;
        if (!Snappy.TryGetLength(body.Span, MaxDecodedBytes, out int length)) return IngestAnswer.Bad($"snappy: the block is broken or decodes to more than {MaxDecodedBytes} bytes");
        byte[] decoded = ArrayPool<byte>.Shared.Rent(length);
        var outcome = new Outcome();
        SampleBatch batch;
        try
        {
            if (!Snappy.TryDecode(body.Span, decoded.AsSpan(0, length), out _)) return IngestAnswer.Bad("snappy: the block is broken");
            batch = Fill(decoded.AsSpan(0, length), outcome);
        }
        catch (IngestFormatException error)
        {
            return IngestAnswer.Bad(error.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
        if (batch.Count == 0 && batch.Dropped.Rejected == 0)
        {
            batch.Release();
            return Answer(default, outcome);
        }
        if (await DeliverAsync(batch).ConfigureAwait(false) is not { } result) return IngestAnswer.Busy("the append queue is full");
        // The look came before the removal: the next request looks again.
        if (result.RejectedBy(RejectReason.StaleHandle) > 0) Interlocked.Exchange(ref _removals, -1);
        return Answer(result, outcome);
    }

    private sealed class Outcome
    {
        public string? Error { get; set; }

        public int Histograms { get; set; }
    }

    private static IngestAnswer? Refusal(string contentType, string contentEncoding)
    {
        string type = contentType.Split(';')[0].Trim();
        if (!type.Equals("application/x-protobuf", StringComparison.OrdinalIgnoreCase)) return new(415, $"content type \"{contentType}\" is not application/x-protobuf");
        int message = contentType.IndexOf("proto=", StringComparison.OrdinalIgnoreCase);
        if (message >= 0 && !contentType.AsSpan(message + 6).Trim().SequenceEqual("prometheus.WriteRequest")) return new(415, $"message \"{contentType[(message + 6)..].Trim()}\" is not accepted yet; send prometheus.WriteRequest");
        if (!contentEncoding.Equals("snappy", StringComparison.OrdinalIgnoreCase)) return new(415, $"content encoding \"{contentEncoding}\" is not snappy");
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SampleBatch Fill(ReadOnlySpan<byte> request, Outcome outcome)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        // About 100 bytes a sample on the wire; the columns grow when that was wrong.
        var batch = new SampleBatch("remote_write", request.Length / 100) { ReceivedAt = _time.GetTimestamp() };
        lock (_lock)
        {
            try
            {
                StartRound(nowMs);
                var reader = new RemoteWriteReader(request);
                while (reader.MoveNext())
                {
                    var route = RouteOf(ref reader, outcome);
                    if (route is { } found) AddSamples(batch, ref reader, found, nowMs, outcome);
                }
                return batch;
            }
            catch
            {
                batch.Release();
                throw;
            }
        }
    }

    private void StartRound(long nowMs)
    {
        _cache.Use(Router.Generation);
        ForgetRemoved();
        if (nowMs < _roundEndsMs) return;
        _cache.BeginRound();
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
    private static void AddSamples(SampleBatch batch, ref RemoteWriteReader reader, Route route, long nowMs, Outcome outcome)
    {
        var samples = reader.Samples();
        while (samples.MoveNext())
        {
            if (route.IsDropped) batch.Drop(route.Dropped == DropReason.Limit ? RejectReason.Limit : RejectReason.Dropped);
            else if (samples.TimestampMs > nowMs + MaxAheadMs) batch.Drop(RejectReason.OutOfBounds);
            else batch.Add(route.Handle, samples.TimestampMs, samples.Value);
        }
        outcome.Histograms += samples.Histograms;
    }

    // A sender drops what gets 400 and repeats what gets 5xx: only what another try can cure is a 5xx.
    private static IngestAnswer Answer(in CommitResult result, Outcome outcome)
    {
        if (result.RejectedBy(RejectReason.Storage) > 0) return IngestAnswer.Busy(result.FirstError?.Message ?? "the write-ahead log cannot be written");
        if (result.RejectedBy(RejectReason.StaleHandle) > 0) return IngestAnswer.Busy("series left the head while they were written");
        if (outcome.Error is not null) return IngestAnswer.Bad(outcome.Error);
        if (outcome.Histograms > 0) return IngestAnswer.Bad($"{outcome.Histograms} native histograms refused: they are not stored yet");
        if (result.FirstError is { } first) return IngestAnswer.Bad($"{first.Message} ({first.Labels} at {first.TimestampMs})");
        if (result.RejectedBy(RejectReason.OutOfBounds) > 0) return IngestAnswer.Bad($"{result.RejectedBy(RejectReason.OutOfBounds)} samples out of bounds: more than 10 minutes ahead or older than the head takes");
        if (result.RejectedBy(RejectReason.Limit) > 0) return IngestAnswer.Bad($"{result.RejectedBy(RejectReason.Limit)} samples refused by a series limit");
        return IngestAnswer.Stored;
    }
}
