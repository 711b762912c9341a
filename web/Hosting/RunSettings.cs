using System.Net;
using Streamline.Pipeline;
using Streamline.Query;
using Streamline.Storage;
using Streamline.Web.Commands;

namespace Streamline.Web.Hosting;

/// <summary>What the flags of <c>run</c> mean, checked: a wrong value is a <see cref="UsageException"/>.</summary>
internal sealed record RunSettings
{
    public required string ConfigFile { get; init; }

    public required string DataPath { get; init; }

    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>Host parts of the listen addresses as written, for the check of the Host header.</summary>
    public required IReadOnlyList<string> ListenHosts { get; init; }

    public required Uri ExternalUrl { get; init; }

    public bool ExternalUrlGiven { get; init; }

    public bool EnableLifecycle { get; init; }

    public bool EnableAdminApi { get; init; }

    public bool RemoteWriteReceiver { get; init; }

    public bool OtlpReceiver { get; init; }

    public int MaxConnections { get; init; }

    public TimeSpan ReadTimeout { get; init; }

    public required FlagValues Flags { get; init; }

    /// <summary>Every flag with its value, the configuration file that was found included.</summary>
    public IEnumerable<KeyValuePair<string, string>> EffectiveFlags =>
        Flags.Effective().Select(flag => flag.Key == "config.file" ? KeyValuePair.Create(flag.Key, ConfigFile) : flag);

    public static RunSettings From(FlagValues flags)
    {
        if (flags.Switch("agent")) throw new UsageException("--agent: agent mode is not built yet", exitCode: 3);
        var listen = flags.Items("web.listen-address").Select(Address).ToList();
        string external = flags.Text("web.external-url");
        return new RunSettings
        {
            ConfigFile = ConfigFileOf(flags),
            DataPath = flags.Text("storage.tsdb.path"),
            Listen = [.. listen.Select(l => l.Address)],
            ListenHosts = [.. listen.Select(l => l.Host)],
            ExternalUrl = external.Length > 0 ? ExternalUrlOf(external) : new Uri($"http://localhost:{listen[0].Address.Port}"),
            ExternalUrlGiven = external.Length > 0,
            EnableLifecycle = flags.Switch("web.enable-lifecycle"),
            EnableAdminApi = flags.Switch("web.enable-admin-api"),
            RemoteWriteReceiver = flags.Switch("web.enable-remote-write-receiver"),
            OtlpReceiver = flags.Switch("web.enable-otlp-receiver"),
            MaxConnections = flags.PositiveNumber("web.max-connections"),
            ReadTimeout = TimeSpan.FromMilliseconds(flags.PositiveDurationMs("web.read-timeout")),
            Flags = flags,
        };
    }

    public PipelineHostOptions HostOptions(ILoggerFactory logs, Uri url) => new()
    {
        ConfigFile = ConfigFile,
        DataPath = DataPath,
        RetentionMs = Flags.IsGiven("storage.tsdb.retention.time") ? Flags.DurationMs("storage.tsdb.retention.time") : 0,
        RetentionBytes = Flags.Bytes("storage.tsdb.retention.size"),
        MaxBlockDurationMs = Flags.DurationMs("storage.tsdb.max-block-duration"),
        BlockDurationMs = Flags.PositiveDurationMs("storage.tsdb.min-block-duration"),
        WalSegmentBytes = Flags.Bytes("storage.tsdb.wal-segment-size", 10 << 20, 256 << 20, "10MB and 256MB"),
        WalCompression = CompressionOf(Flags),
        NoLockFile = Flags.Switch("storage.tsdb.no-lockfile"),
        MaxChunkSegmentBytes = Flags.Bytes("storage.tsdb.max-block-chunk-segment-size", 1 << 20, int.MaxValue, "1MB and 2GB"),
        MergesOverlapping = Flags.Switch("storage.tsdb.allow-overlapping-compaction"),
        DelayCompactFile = Flags.Text("storage.tsdb.delay-compact-file.path"),
        CutDelayPercent = Flags.Number("storage.tsdb.delayed-compaction.max-percent") is > 0 and <= 100 and var percent ? percent : 10,
        BlockReloadInterval = TimeSpan.FromMilliseconds(Flags.DurationMs("storage.tsdb.block-reload-interval")),
        Query = new QueryEngineOptions
        {
            LookbackMs = Flags.PositiveDurationMs("query.lookback-delta"),
            TimeoutMs = Flags.PositiveDurationMs("query.timeout"),
            MaxConcurrency = Flags.PositiveNumber("query.max-concurrency"),
            MaxSamples = Flags.PositiveNumber("query.max-samples"),
            ExperimentalFunctions = Flags.Items("enable-feature").Contains("promql-experimental-functions"),
            ExtendedRangeSelectors = Flags.Items("enable-feature").Contains("promql-extended-range-selectors"),
            FillModifiers = Flags.Items("enable-feature").Contains("promql-binop-fill-modifiers"),
            PerStepStats = Flags.Items("enable-feature").Contains("promql-per-step-stats"),
            DelayedNameRemoval = Flags.Items("enable-feature").Contains("promql-delayed-name-removal"),
            UseStartTimestamps = Flags.Items("enable-feature").Contains("use-start-timestamps"),
            TypeAndUnitLabels = Flags.Items("enable-feature").Contains("type-and-unit-labels"),
        },
        Features = [.. Flags.Items("enable-feature")],
        RemoteWriteReceiver = RemoteWriteReceiver,
        OtlpReceiver = OtlpReceiver,
        ExternalUrl = url,
        AutoReloadInterval = Flags.Switch("config.auto-reload") || Flags.Items("enable-feature").Contains("auto-reload-config")
            ? TimeSpan.FromMilliseconds(Flags.PositiveDurationMs("config.auto-reload-interval"))
            : TimeSpan.Zero,
        ResendDelayMs = Flags.DurationMs("rules.alert.resend-delay"),
        Logs = logs,
    };

    private static WalCompression CompressionOf(FlagValues flags)
    {
        var type = flags.Text("storage.tsdb.wal-compression-type") switch
        {
            "snappy" => WalCompression.Snappy,
            "zstd" => WalCompression.Zstd,
            string other => throw new UsageException($"--storage.tsdb.wal-compression-type: \"{other}\" is neither snappy nor zstd"),
        };
        return flags.Switch("storage.tsdb.wal-compression") ? type : WalCompression.None;
    }

    private static string ConfigFileOf(FlagValues flags)
    {
        if (flags.IsGiven("config.file")) return flags.Text("config.file");
        foreach (string name in (string[])["pipeline.yaml", "prometheus.yml"])
        {
            if (File.Exists(name)) return name;
        }
        throw new UsageException("no configuration: there is neither ./pipeline.yaml nor ./prometheus.yml; name one with --config.file", exitCode: 2);
    }

    private static (IPEndPoint Address, string Host) Address(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ushort port))
            throw new UsageException($"--web.listen-address: \"{text}\" is not HOST:PORT");
        if (host.Length == 0) return (new IPEndPoint(IPAddress.IPv6Any, port), "0.0.0.0");
        if (host == "localhost") return (new IPEndPoint(IPAddress.Loopback, port), host);
        return IPAddress.TryParse(host, out var address)
            ? (new IPEndPoint(address, port), host)
            : throw new UsageException($"--web.listen-address: \"{host}\" is not an address");
    }

    private static Uri ExternalUrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UsageException($"--web.external-url: \"{text}\" is not an http or https address");
}
