using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streamline.Pipeline.Config;
using Streamline.Pipeline.Exposition;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Ingest.Otlp;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest.Otlp;

/// <summary>A receiver over a real store; every sample of its batches is kept as text, histograms and exemplars too.</summary>
internal sealed class OtlpBench : IBatchTarget, IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly OtlpConfig _config;
    private readonly bool _typeAndUnit;
    private DeltaStreams? _streams;

    public OtlpBench(OtlpConfig? config = null, bool typeAndUnit = false)
    {
        (_config, _typeAndUnit) = (config ?? new OtlpConfig(), typeAndUnit);
        Restart();
    }

    public StoreBench Store { get; } = new();

    public MetadataCatalogue Metadata { get; } = new();

    public OtlpReceiver Receiver { get; private set; } = null!;

    /// <summary>Where the journal of delta series is.</summary>
    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("streamline-otlp-").FullName, "otlp");

    public string Journal => Path.Combine(Folder, "deltas.journal");

    public List<string> Seen { get; } = [];

    public long NowMs => Store.NowMs;

    /// <summary>What a process finds that starts now. The one before has died: nothing of it was closed.</summary>
    public void Restart()
    {
        _streams = new DeltaStreams(Folder, () => FsyncPolicy.Commit, Store.Clock, NullLogger.Instance);
        Receiver = new OtlpReceiver("1", () => _config, Store.Store, Store.Router, Metadata, _streams, Store.Clock, _meter, _typeAndUnit);
        Receiver.Start(this);
    }

    /// <summary>Nanoseconds of now and an offset, as JSON wants them.</summary>
    public string Nanos(long offsetMs = 0) => $"\"{(NowMs + offsetMs) * 1_000_000}\"";

    public Task<IngestAnswer> JsonAsync(string json) => Receiver.WriteAsync(Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>One resource, one scope, these metrics.</summary>
    public Task<IngestAnswer> MetricsAsync(string metrics, string attributes = "", string scope = "{}") => JsonAsync(
        $$$$$"""{"resourceMetrics":[{"resource":{"attributes":[{{{{{attributes}}}}}]},"scopeMetrics":[{"scope":{{{{{scope}}}}},"metrics":[{{{{{metrics}}}}}]}]}]}""");

    public static string Attribute(string name, string value) => $$$$$"""{"key":"{{{{{name}}}}}","value":{"stringValue":"{{{{{value}}}}}"}}""";

    public bool TrySend(SampleBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            var histogram = batch.HasHistograms ? batch.Histograms[i] : null;
            string value = histogram is not null ? Text(histogram) : StaleMarker.Is(batch.Values[i]) ? "stale" : FormattableString.Invariant($"{batch.Values[i]}");
            string start = batch.StartTimestamps.Length > 0 && batch.StartTimestamps[i] != 0 ? $" since {batch.StartTimestamps[i] - NowMs}" : "";
            Seen.Add($"{Plain(Store.Store.LabelsOf(batch.Handles[i])!)} {value} @{batch.Timestamps[i] - NowMs}{start}");
        }
        foreach (var one in batch.Exemplars) Seen.Add($"exemplar of {Plain(Store.Store.LabelsOf(one.Handle)!)}: {Plain(one.Exemplar.Labels)} {FormattableString.Invariant($"{one.Exemplar.Value}")}");
        return Store.TrySend(batch);
    }

    public ValueTask<bool> SendAsync(SampleBatch batch, CancellationToken cancellation) => ValueTask.FromResult(TrySend(batch));

    public void Dispose()
    {
        _streams!.Dispose();
        Store.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
        _meter.Dispose();
    }

    private static string Plain(Labels labels)
    {
        var pairs = labels.ToPairs();
        string name = labels.Get("__name__");
        return $"{name}{{{string.Join(',', pairs.Where(p => p.Key != "__name__").Select(p => $"{p.Key}={p.Value}"))}}}";
    }

    private static string Text(NativeHistogram h) => h.IsStale ? "stale" : FormattableString.Invariant($"[{h.Schema} {h.Count}/{h.Sum} zero {h.ZeroCount} ")
        + $"+{Side(h.PositiveSpanArray, h.PositiveBucketArray)} -{Side(h.NegativeSpanArray, h.NegativeBucketArray)} <{string.Join(' ', h.CustomBoundArray)}>]";

    private static string Side(HistogramSpan[] spans, double[] counts) => $"{string.Join(' ', spans.Select(s => $"{s.Offset}:{s.Length}"))}({string.Join(' ', counts)})";
}
