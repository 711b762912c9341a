namespace Streamline.Pipeline.Config;

/// <summary>Traces of our own, sent by OTLP.</summary>
internal sealed record TracingConfig : ConfigNode
{
    public TracingClient ClientType { get; init; } = TracingClient.Grpc;

    [RequiredKey]
    public string Endpoint { get; init; } = "";

    public double SamplingFraction { get; init; }
    public bool Insecure { get; init; }
    public TlsConfig TlsConfig { get; init; } = new();
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ConfigDefaults.NoStrings;
    public string Compression { get; init; } = "";
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public override void Check(ConfigErrors errors)
    {
        HttpChecks.CheckHeaders(this, Headers, errors);
        if (Compression is not ("" or "gzip")) errors.Add(this, "compression", $"expected gzip or nothing, found \"{Compression}\"");
    }
}

/// <summary>OTLP's transports.</summary>
internal enum TracingClient
{
    [Key("grpc")]
    Grpc,

    [Key("http")]
    Http,
}
