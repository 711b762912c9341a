using Streamline.Pipeline.Config;
using Streamline.Pipeline.Graph;
using Streamline.Pipeline.Host;
using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Ingest.Otlp;

namespace Streamline.Pipeline;

/// <summary>Makes sources, and is where receivers get their requests.</summary>
public sealed partial class PipelineHost
{
    /// <summary>Stores a remote write request; the body is the snappy block as it came. 404 when no pipeline has the receiver.</summary>
    public Task<IngestAnswer> WriteAsync(ReadOnlyMemory<byte> body, string contentType, string contentEncoding) =>
        _sources.Find<RemoteWriteReceiver>() is { } receiver
            ? ShortOfMemory ?? receiver.WriteAsync(body, contentType, contentEncoding)
            : Task.FromResult(new IngestAnswer(404, "remote write receiver needs to be enabled with --web.enable-remote-write-receiver or a remote_write source in a pipeline"));

    /// <summary>Stores OTLP metrics; the body is decompressed. 404 when no pipeline has the receiver.</summary>
    public Task<IngestAnswer> WriteOtlpAsync(ReadOnlyMemory<byte> body, string contentType) =>
        _sources.Find<OtlpReceiver>() is { } receiver
            ? ShortOfMemory ?? receiver.WriteAsync(body, contentType)
            : Task.FromResult(new IngestAnswer(404, "otlp write receiver needs to be enabled with --web.enable-otlp-receiver or an otlp source in a pipeline"));

    /// <summary>Stores a push (PUT replaces the group, POST the families it brings). The path is the raw one of the request.</summary>
    public Task<IngestAnswer> PushAsync(PushRequest request) =>
        _sources.Find<PushReceiver>() is { } receiver ? ShortOfMemory ?? receiver.PushAsync(request) : NoPush();

    /// <summary>Ends a pushed group.</summary>
    public Task<IngestAnswer> DeletePushAsync(string rawPath) => _sources.Find<PushReceiver>() is { } receiver ? receiver.DeleteAsync(rawPath) : NoPush();

    /// <summary>Ends all pushed groups.</summary>
    public Task<IngestAnswer> WipePushesAsync() => _sources.Find<PushReceiver>() is { } receiver ? receiver.WipeAsync() : NoPush();

    /// <summary>All pushed groups; null when no pipeline has the receiver.</summary>
    public IReadOnlyList<PushGroupStatus>? PushedGroups() => _sources.Find<PushReceiver>()?.Status();

    // Before the body is looked at: decoding it is what there is no memory for.
    private Task<IngestAnswer>? ShortOfMemory => _ladder.Rung >= MemoryRung.PushesRefused ? Task.FromResult(IngestAnswer.Busy("the server is short of memory (limits.memory)")) : null;

    private static Task<IngestAnswer> NoPush() => Task.FromResult(new IngestAnswer(404, "no pipeline has a push source"));

    private bool TypeAndUnitLabels => _options.Features.Contains("type-and-unit-labels");

    private ISource MakeSource(PipelineConfig pipeline, SourceConfig source, PipelineChain chain) => source.Kind switch
    {
        "scrape" => _scrapes.CreateSource(source.Scrape!, chain.Router),
        "host" => new HostSource(source.Name, source.Host!, OwnLabels("node", source.Host!.Labels), chain.Router, _options.Time, _logger),
        "self" => new SelfSource(source.Name, source.Self!, OwnLabels("streamline", source.Self!.Labels), _metrics, chain.Router, _options.Time, _logger),
        "push" => new PushReceiver(source.Name, source.Push!, chain.Router, _pushed, _options.Time, _logger),
        "remote_write" => new RemoteWriteReceiver(source.Name, Store, chain.Router, _metadata, _options.Time, _meter, TypeAndUnitLabels),
        "otlp" => new OtlpReceiver(source.Name, () => _config.Otlp, Store, chain.Router, _metadata, _deltas, _options.Time, _meter, TypeAndUnitLabels),
        _ => throw new NotSupportedException($"source \"{source.Kind}\" of pipeline \"{pipeline.Name}\" is not built yet"),
    };

    // instance is the machine's name with our port: what a scrape of this machine from outside would show.
    private IReadOnlyList<KeyValuePair<string, string>> OwnLabels(string job, IReadOnlyDictionary<string, string> over)
    {
        var labels = new Dictionary<string, string> { ["job"] = job, ["instance"] = $"{Environment.MachineName}:{_options.ExternalUrl.Port}" };
        foreach (var (name, value) in over) labels[name] = value;
        return [.. labels];
    }
}
