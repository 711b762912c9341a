namespace Streamline.Pipeline.Config;

/// <summary>One source: exactly one property is set.</summary>
[Choice("source")]
internal sealed record SourceConfig : ConfigNode
{
    public ScrapeConfig? Scrape { get; init; }
    public HostSourceConfig? Host { get; init; }
    public SelfSourceConfig? Self { get; init; }
    public PushSourceConfig? Push { get; init; }
    public RemoteWriteSourceConfig? RemoteWrite { get; init; }
    public OtlpSourceConfig? Otlp { get; init; }

    /// <summary>scrape, host, self, push, remote_write, otlp.</summary>
    [NotBound]
    public string Kind =>
        Scrape is not null ? "scrape" : Host is not null ? "host" : Self is not null ? "self" : Push is not null ? "push" : RemoteWrite is not null ? "remote_write" : "otlp";

    /// <summary>Unique with the kind inside the pipeline once loaded: the written name, the job, or the ordinal among its kind.</summary>
    [NotBound]
    public string Name { get; init; } = "";
}

/// <summary>Streamline's own metrics.</summary>
internal sealed record SelfSourceConfig : ConfigNode
{
    public string Name { get; init; } = "";

    /// <summary>Not written: the global scrape interval.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>Over the labels <c>job="streamline"</c> and <c>instance</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ConfigDefaults.NoStrings;
}

/// <summary>Remote write in.</summary>
internal sealed record RemoteWriteSourceConfig : ConfigNode
{
    public string Name { get; init; } = "";
}

/// <summary>OTLP metrics in.</summary>
internal sealed record OtlpSourceConfig : ConfigNode
{
    public string Name { get; init; } = "";
}
